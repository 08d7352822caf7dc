import { getRouteApi } from '@tanstack/react-router'
import { DropshipView } from '@/features/suppliers/DropshipView'

const route = getRouteApi('/_shell/dropship')

export default function DropshipPage() {
  const navigate = route.useNavigate()
  return <DropshipView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
