import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'

/** Why an order is not shipped, and why it was given what it has. */
export function whyQuery(id: string) {
  return queryOptions({
    queryKey: ['orders', 'explain', id],
    queryFn: ({ signal }) => api.get('/orders/{id}/explain', { path: { id }, signal }),
  })
}

/** The fulfillment orders that serve an order. */
export function fulfillmentQuery(orderId: string) {
  return queryOptions({
    queryKey: ['orders', 'fulfillment', orderId],
    queryFn: ({ signal }) => api.get('/fulfillment-orders', { query: { order_id: orderId, limit: 100 }, signal }).then((l) => l.items),
  })
}

/** An order by its id, as the detail has it. */
export function orderOf(id: string) {
  return queryOptions({
    queryKey: ['orders', 'one', id],
    queryFn: ({ signal }) => api.get('/orders/{id}', { path: { id }, signal }),
  })
}

export function candidatesQuery(id: string) {
  return queryOptions({
    queryKey: ['merge', 'candidates', id],
    queryFn: ({ signal }) => api.get('/fulfillment-orders/{id}/merge-candidates', { path: { id }, signal }).then((l) => l.items),
    staleTime: 0,
  })
}

export const suggestionsQuery = queryOptions({
  queryKey: ['merge', 'suggestions'],
  queryFn: ({ signal }) => api.get('/merge-suggestions', { query: { limit: 200 }, signal }),
  // Nothing tells the page of a new order's fulfillment order but time.
  refetchInterval: 60_000,
})

export const promptsQuery = queryOptions({
  queryKey: ['merge', 'prompts'],
  queryFn: ({ signal }) => api.get('/merge-prompts', { query: { limit: 200 }, signal }),
  refetchInterval: 60_000,
})

export const policyQuery = queryOptions({
  queryKey: ['merge', 'policy'],
  queryFn: ({ signal }) => api.get('/merge-policy', { signal }),
})

/** What is stale after fulfillment orders were split, merged or appended to. */
export const EDIT_KEYS = [['orders'], ['merge'], ['print'], ['waves'], ['stock']]
