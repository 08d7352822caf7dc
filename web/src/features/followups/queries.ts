import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'

export function draftQuery(id: string) {
  return queryOptions({
    queryKey: ['orders', 'follow-ups', id],
    queryFn: ({ signal }) => api.get('/orders/{id}/follow-ups', { path: { id }, signal }),
  })
}

/** What is stale once a reship or an exchange is made. */
export const STALE = [['orders'], ['aftersales'], ['home'], ['stock']]
