import { getRouteApi } from '@tanstack/react-router'
import { MergeView } from '@/features/fulfill/MergeView'

const route = getRouteApi('/_shell/merge')

export default function MergePage() {
  const navigate = route.useNavigate()
  return <MergeView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
