import { getRouteApi } from '@tanstack/react-router'
import { WaveView } from '@/features/waves/WaveView'

const route = getRouteApi('/_shell/waves/$id')

export default function WavePage() {
  const navigate = route.useNavigate()
  const { id } = route.useParams()
  return <WaveView key={id} id={id} search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
