import { getRouteApi } from '@tanstack/react-router'
import { ShopSyncView } from '@/features/sync/ShopSyncView'

const route = getRouteApi('/_shell/sync/$id')

export default function ShopSyncPage() {
  const navigate = route.useNavigate()
  const { id } = route.useParams()
  return <ShopSyncView key={id} id={id} search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
