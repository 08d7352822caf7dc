import { getRouteApi } from '@tanstack/react-router'
import { ReturnsView } from '@/features/aftersales/ReturnsView'

const route = getRouteApi('/_shell/returns')

export default function ReturnsPage() {
  const navigate = route.useNavigate()
  return <ReturnsView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
