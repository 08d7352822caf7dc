import { ApiKeys } from '@/features/settings/ApiKeys'

export default function ApiKeysPage() {
  return <ApiKeys />
}
