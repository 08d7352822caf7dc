import { Audit } from '@/features/settings/Audit'

export default function AuditPage() {
  return <Audit />
}
