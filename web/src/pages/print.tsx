import { getRouteApi } from '@tanstack/react-router'
import { PrintView } from '@/features/print/PrintView'
import { useBrowserStation } from '@/features/station/ThisBrowser'

const route = getRouteApi('/_shell/print')

export default function PrintPage() {
  const navigate = route.useNavigate()
  useBrowserStation()
  return <PrintView search={route.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />
}
