import { queryOptions, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api } from '@/lib/api/client'
import type { CarrierAccount } from '@/lib/api/contract'
import { carriersQuery, nameOf } from '@/lib/lookups'

export const accountsQuery = queryOptions({
  queryKey: ['carrier-accounts'],
  queryFn: ({ signal }) => api.get('/carrier-accounts', { signal }).then((l) => l.items),
})

export const connectionsQuery = queryOptions({
  queryKey: ['carrier-connections'],
  queryFn: ({ signal }) => api.get('/carrier-connections', { signal }).then((l) => l.items),
  staleTime: Infinity,
})

export const divisionsQuery = (province: string, city: string) =>
  queryOptions({
    queryKey: ['divisions', province, city],
    queryFn: ({ signal }) => api.get('/divisions', { query: { province, city }, signal }).then((l) => l.items),
    staleTime: Infinity,
  })

/** The carrier's name by our code; an unknown code shows itself. */
export function useCarrierName(): (code: string) => string {
  const list = useQuery(carriersQuery).data
  return useCallback(
    (code: string) => {
      const found = list?.find((c) => c.code === code)
      return found ? nameOf(found) : code
    },
    [list],
  )
}

/** An account's name by its id. */
export function useAccountName(): (id: string) => string {
  const list = useQuery(accountsQuery).data
  return useCallback((id: string) => list?.find((a) => a.id === id)?.name ?? id, [list])
}

/** Whether so few waybills are left that its owner wants to know. */
export function isLow(a: CarrierAccount): boolean {
  return a.balance !== null && (a.balance === 0 || (a.low_at > 0 && a.balance <= a.low_at))
}
