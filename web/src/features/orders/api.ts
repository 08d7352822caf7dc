import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import type { OrderList } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { numbersOf, sortOf, toFilter, type OrderSearch } from './search'

export const PAGE_SIZE = 50

/** One page of the list. Pasted numbers are asked by POST: five hundred of them are too long for a URL. */
export function ordersQuery(search: OrderSearch) {
  const filter = toFilter(search)
  const numbers = numbersOf(search)
  const sort = sortOf(search)
  const { cursor } = search
  return queryOptions({
    queryKey: ['orders', 'list', { filter, numbers, sort, cursor }],
    queryFn: ({ signal }): Promise<OrderList> =>
      numbers.length > 0
        ? api.post('/orders/search', defined({ filter: defined({ ...filter, numbers }), sort, cursor, limit: 200 }), { signal })
        : api.get('/orders', { query: { ...filter, sort, cursor, limit: PAGE_SIZE }, signal }),
  })
}

export function countsQuery(search: OrderSearch) {
  const filter = { ...toFilter(search), tab: undefined }
  return queryOptions({
    queryKey: ['orders', 'counts', filter],
    queryFn: ({ signal }) => api.get('/orders/counts', { query: filter, signal }),
    // Live events refresh them sooner; this is for networks that let no event through.
    refetchInterval: 60_000,
  })
}

export function orderQuery(id: string) {
  return queryOptions({
    queryKey: ['orders', 'one', id],
    queryFn: ({ signal }) => api.get('/orders/{id}', { path: { id }, signal }),
  })
}

export function orderEventsQuery(id: string) {
  return queryOptions({
    queryKey: ['orders', 'events', id],
    queryFn: ({ signal }) => api.get('/orders/{id}/events', { path: { id }, signal }).then((l) => l.items),
  })
}

export const savedViewsQuery = queryOptions({
  queryKey: ['saved-views', 'orders'],
  queryFn: ({ signal }) => api.get('/saved-views', { query: { page: 'orders' }, signal }).then((l) => l.items),
  staleTime: 60_000,
})

/** What is stale after any change to an order. */
export const ORDER_KEYS = [['orders'], ['home'], ['stock']]
