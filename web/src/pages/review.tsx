import { getRouteApi } from '@tanstack/react-router'
import { ReviewView } from '@/features/orders/ReviewView'

const route = getRouteApi('/_shell/review')

export default function ReviewPage() {
  const navigate = route.useNavigate()
  const { order, hold } = route.useSearch()
  return <ReviewView order={order} hold={hold} onChange={(search) => void navigate({ search, replace: true })} />
}
