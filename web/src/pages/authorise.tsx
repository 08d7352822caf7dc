import { getRouteApi } from '@tanstack/react-router'
import { Authorise } from '@/features/sync/Authorise'

const route = getRouteApi('/_shell/authorise')

export default function AuthorisePage() {
  return <Authorise {...route.useSearch()} />
}
