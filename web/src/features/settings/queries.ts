import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import type { List, Permission, Role, User } from '@/lib/api/contract'

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => api.get<List<User>>('/users', { query: { limit: 200 }, signal }).then((l) => l.items),
})

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => api.get<List<Role>>('/roles', { signal }).then((l) => l.items),
})

export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: ({ signal }) => api.get<Permission[]>('/permissions', { signal }),
  staleTime: Infinity,
})
