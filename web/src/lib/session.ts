import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api } from './api/client'
import type { Me } from './api/contract'

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => api.get('/system', { signal }),
  staleTime: Infinity,
})

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get('/me', { signal }),
  staleTime: 5 * 60_000,
})

/** Who is signed in; below the shell it is always known. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data
}

/** Whether the person may do something; buttons that would be refused are not offered. */
export function useCan(): (permission: string) => boolean {
  const rights = useQuery(meQuery).data?.permissions
  return useCallback((permission) => rights?.includes(permission) ?? false, [rights])
}
