import { StationsView } from '@/features/print/StationsView'
import { ThisBrowser } from '@/features/station/ThisBrowser'

export default function StationsPage() {
  return (
    <StationsView>
      <ThisBrowser />
    </StationsView>
  )
}
