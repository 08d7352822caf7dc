import { Users } from '@/features/settings/Users'

export default function UsersPage() {
  return <Users />
}
