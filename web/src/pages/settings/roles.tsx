import { Roles } from '@/features/settings/Roles'

export default function RolesPage() {
  return <Roles />
}
