import { getRouteApi } from '@tanstack/react-router'
import { AftersaleView } from '@/features/aftersales/AftersaleView'
import { CaseFollowUps } from '@/features/followups/FollowUps'

const route = getRouteApi('/_shell/aftersales/$id')

export default function AftersalePage() {
  const { id } = route.useParams()
  return <AftersaleView key={id} id={id} FollowUps={CaseFollowUps} />
}
