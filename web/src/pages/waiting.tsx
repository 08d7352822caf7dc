import { getRouteApi } from '@tanstack/react-router'
import { WaitingView } from '@/features/waiting/WaitingView'

const route = getRouteApi('/_shell/waiting')

export default function WaitingPage() {
  const navigate = route.useNavigate()
  return <WaitingView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
