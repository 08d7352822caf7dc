import { getRouteApi } from '@tanstack/react-router'
import { PickView } from '@/features/pick/PickView'

const route = getRouteApi('/_whole/pick/$id')

export default function PickWavePage() {
  const { id } = route.useParams()
  return <PickView key={id} id={id} />
}
