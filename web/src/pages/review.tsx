import { getRouteApi } from '@tanstack/react-router'
import { ReviewView } from '@/features/orders/ReviewView'

const route = getRouteApi('/_shell/review')

export default function ReviewPage() {
  const navigate = route.useNavigate()
  const search = route.useSearch()
  return <ReviewView search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
}
