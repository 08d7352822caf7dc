import { getRouteApi } from '@tanstack/react-router'
import { ImportView } from '@/features/imports/ImportView'

const route = getRouteApi('/_shell/import')

export default function ImportPage() {
  const navigate = route.useNavigate()
  return <ImportView id={route.useSearch().id} onOpen={(id) => void navigate({ search: { id } })} />
}
