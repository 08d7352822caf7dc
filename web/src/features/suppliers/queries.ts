import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'

export const suppliersQuery = queryOptions({
  queryKey: ['suppliers'],
  queryFn: ({ signal }) => api.get('/suppliers', { signal }).then((l) => l.items),
})

export const sitesQuery = queryOptions({
  queryKey: ['suppliers', 'sites'],
  queryFn: ({ signal }) => api.get('/warehouse-sites', { signal }),
})
