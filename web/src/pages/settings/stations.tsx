import { StationsView } from '@/features/print/StationsView'

export default function StationsPage() {
  return <StationsView />
}
