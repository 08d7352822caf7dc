import { getRouteApi } from '@tanstack/react-router'
import { CatalogView } from '@/features/catalog/CatalogView'

const route = getRouteApi('/_shell/catalog')

export default function CatalogPage() {
  const navigate = route.useNavigate()
  const { tab, q, product_id } = route.useSearch()
  return <CatalogView tab={tab ?? 'listings'} q={q} productId={product_id} onChange={(search) => void navigate({ search })} />
}
