import { System } from '@/features/settings/System'

export default function SystemPage() {
  return <System />
}
