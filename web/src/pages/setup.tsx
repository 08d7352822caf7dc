import { getRouteApi } from '@tanstack/react-router'
import { SessionFrame } from '@/features/session/SessionFrame'
import { SetupWizard } from '@/features/session/SetupWizard'

const route = getRouteApi('/setup')

export default function SetupPage() {
  const { token } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <SessionFrame>
      <SetupWizard token={token} onDone={() => void navigate({ to: '/' })} />
    </SessionFrame>
  )
}
