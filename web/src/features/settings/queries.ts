import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => api.get('/users', { query: { limit: 200 }, signal }).then((l) => l.items),
})

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => api.get('/roles', { signal }).then((l) => l.items),
})

export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: ({ signal }) => api.get('/permissions', { signal }),
  staleTime: Infinity,
})
