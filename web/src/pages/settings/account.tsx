import { Account } from '@/features/settings/Account'

export default function AccountPage() {
  return <Account />
}
