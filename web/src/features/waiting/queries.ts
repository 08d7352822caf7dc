import { infiniteQueryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { WAITING_MS } from '@/lib/lookups'
import { filterOf, type WaitingSearch } from './search'

/** What is stale once something was agreed, replaced, urged or released. */
export const WAITING_KEYS = [['waiting'], ['orders']]

export function skusQuery(search: WaitingSearch) {
  const filter = filterOf(search)
  return infiniteQueryOptions({
    queryKey: ['waiting', 'skus', filter],
    queryFn: ({ pageParam, signal }) => api.get('/waiting-skus', { query: { ...filter, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    refetchInterval: WAITING_MS,
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

export function ordersQuery(skuId: string, search: WaitingSearch) {
  const filter = filterOf(search)
  return infiniteQueryOptions({
    queryKey: ['waiting', 'orders', skuId, filter],
    queryFn: ({ pageParam, signal }) => api.get('/waiting-orders', { query: { ...filter, sku: undefined, sku_id: skuId, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    refetchInterval: WAITING_MS,
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}
