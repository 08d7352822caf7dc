import { getRouteApi } from '@tanstack/react-router'
import { AllocationView } from '@/features/allocation/AllocationView'

const route = getRouteApi('/_shell/settings/allocation')

export default function AllocationPage() {
  const navigate = route.useNavigate()
  return <AllocationView search={route.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />
}
