import { getRouteApi } from '@tanstack/react-router'
import { NewPassword } from '@/features/session/NewPassword'
import { SessionFrame } from '@/features/session/SessionFrame'

const route = getRouteApi('/password')

export default function PasswordPage() {
  const { next } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <SessionFrame>
      <NewPassword onDone={() => void navigate({ href: next?.startsWith('/') && !next.startsWith('//') ? next : '/' })} onSignedOut={() => void navigate({ to: '/login' })} />
    </SessionFrame>
  )
}
