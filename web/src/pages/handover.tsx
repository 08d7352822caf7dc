import { getRouteApi } from '@tanstack/react-router'
import { HandoverView } from '@/features/handover/HandoverView'

const route = getRouteApi('/_shell/handover')

export default function HandoverPage() {
  const navigate = route.useNavigate()
  return <HandoverView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
