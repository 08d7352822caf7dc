import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { OrdersView } from '@/features/orders/OrdersView'
import type { OrderSearch } from '@/features/orders/search'

const route = getRouteApi('/_shell/orders')

export default function OrdersPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const onSearch = useCallback((next: OrderSearch, replace?: boolean) => void navigate({ search: next, replace: replace ?? false, resetScroll: false }), [navigate])
  return <OrdersView search={search} onSearch={onSearch} />
}
