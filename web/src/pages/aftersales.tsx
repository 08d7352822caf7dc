import { getRouteApi } from '@tanstack/react-router'
import { AftersalesView } from '@/features/aftersales/AftersalesView'

const route = getRouteApi('/_shell/aftersales')

export default function AftersalesPage() {
  const navigate = route.useNavigate()
  return <AftersalesView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
