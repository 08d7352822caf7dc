import { getRouteApi } from '@tanstack/react-router'
import { SyncView } from '@/features/sync/SyncView'

const route = getRouteApi('/_shell/sync')

export default function SyncPage() {
  const navigate = route.useNavigate()
  return <SyncView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
