import { getRouteApi } from '@tanstack/react-router'
import { ReviewView } from '@/features/orders/ReviewView'
import { useCan } from '@/lib/session'

const route = getRouteApi('/_shell/review')

export default function ReviewPage() {
  const navigate = route.useNavigate()
  const search = route.useSearch()
  const can = useCan()
  // Whoever only approves for finance begins at that stage; the other one is then said in the address.
  const first = can('order.approve') || can('order.hold') ? 'service' : 'finance'
  const stage = search.stage ?? first
  return <ReviewView search={{ ...search, stage }} onChange={(next) => void navigate({ search: { ...next, stage: (next.stage ?? 'service') === first ? undefined : (next.stage ?? 'service') }, replace: true })} />
}
