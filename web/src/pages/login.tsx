import { getRouteApi } from '@tanstack/react-router'
import { LoginForm } from '@/features/session/LoginForm'
import { SessionFrame } from '@/features/session/SessionFrame'

const route = getRouteApi('/login')

export default function LoginPage() {
  const { next } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <SessionFrame>
      {/* Only a path of our own: a link must not send a fresh login elsewhere. */}
      <LoginForm onDone={() => void navigate({ href: next?.startsWith('/') && !next.startsWith('//') ? next : '/' })} />
    </SessionFrame>
  )
}
