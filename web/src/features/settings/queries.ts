import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { allPages } from '@/lib/api/pages'

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => allPages((cursor) => api.get('/users', { query: { limit: 200, cursor }, signal })),
})

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => allPages((cursor) => api.get('/roles', { query: { limit: 200, cursor }, signal })),
})

export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: ({ signal }) => allPages((cursor) => api.get('/permissions', { query: { limit: 200, cursor }, signal })),
  staleTime: Infinity,
})
