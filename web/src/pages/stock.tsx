import { getRouteApi } from '@tanstack/react-router'
import { StockView } from '@/features/stock/StockView'

const route = getRouteApi('/_shell/stock')

export default function StockPage() {
  const navigate = route.useNavigate()
  return <StockView search={route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
