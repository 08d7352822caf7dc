import { getRouteApi } from '@tanstack/react-router'
import { WavesView } from '@/features/waves/WavesView'

const route = getRouteApi('/_shell/waves')

export default function WavesPage() {
  const navigate = route.useNavigate()
  return <WavesView search={route.useSearch()} onSearch={(search) => void navigate({ search })} onOpen={(id) => void navigate({ to: '/waves/$id', params: { id } })} />
}
