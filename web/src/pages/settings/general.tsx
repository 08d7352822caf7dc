import { General } from '@/features/settings/General'

export default function GeneralPage() {
  return <General />
}
