import { getRouteApi } from '@tanstack/react-router'
import { JobsView } from '@/features/jobs/JobsView'

const route = getRouteApi('/_shell/jobs')

export default function JobsPage() {
  const navigate = route.useNavigate()
  return <JobsView open={route.useSearch().id} onOpen={(id) => void navigate({ search: { id } })} />
}
