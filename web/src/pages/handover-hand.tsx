import { getRouteApi } from '@tanstack/react-router'
import { HandoverHand } from '@/features/handover/HandoverHand'

const route = getRouteApi('/_whole/handover/$id')

export default function HandoverHandPage() {
  const { id } = route.useParams()
  return <HandoverHand key={id} id={id} />
}
