import { getRouteApi } from '@tanstack/react-router'
import { CarriersView } from '@/features/carriers/CarriersView'

const route = getRouteApi('/_shell/settings/carriers')

export default function CarriersPage() {
  const navigate = route.useNavigate()
  return <CarriersView search={route.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />
}
