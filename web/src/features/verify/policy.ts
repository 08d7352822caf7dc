import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'

/** How parcels are verified. */
export const policyQuery = queryOptions({
  queryKey: ['verify', 'policy'],
  queryFn: ({ signal }) => api.get('/verify-policy', { signal }),
  staleTime: 60_000,
})
