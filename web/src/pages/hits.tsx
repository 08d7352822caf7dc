import { Hits } from '@/features/handover/Hits'

export default function HitsPage() {
  return <Hits />
}
