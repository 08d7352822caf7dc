import { getRouteApi } from '@tanstack/react-router'
import { ShipView } from '@/features/ship/ShipView'

const route = getRouteApi('/_shell/ship')

export default function ShipPage() {
  const navigate = route.useNavigate()
  return <ShipView tab={route.useSearch().tab ?? 'file'} onTab={(tab) => void navigate({ search: { tab } })} />
}
