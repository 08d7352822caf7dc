import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import type { AllocationRule } from '@/lib/api/contract'
import type { AllocationSearch, Outcome } from './search'

export const rulesQuery = queryOptions({
  queryKey: ['allocation', 'rules'],
  queryFn: ({ signal }) => api.get('/allocation-rules', { signal }),
})

export const sitesQuery = queryOptions({
  queryKey: ['allocation', 'sites'],
  queryFn: ({ signal }) => api.get('/warehouse-sites', { signal }),
})

export const divisionsQuery = (province: string) =>
  queryOptions({
    queryKey: ['divisions', province, ''],
    queryFn: ({ signal }) => api.get('/divisions', { query: { province, city: '' }, signal }).then((l) => l.items),
    staleTime: Infinity,
  })

/** What the saved rules, or these instead of them, would do with the orders there are now. */
export const previewQuery = (scope: NonNullable<AllocationSearch['scope']>, show: Outcome | '', rules?: AllocationRule[]) =>
  queryOptions({
    queryKey: ['allocation', 'preview', scope, show, rules ?? null],
    queryFn: ({ signal }) => api.post('/allocation/preview', { scope, show, rules }, { signal }),
    staleTime: 0,
    gcTime: 0,
  })

/** What allocating orders changes on the screens. */
export const ALLOCATED = [['allocation', 'preview'], ['orders'], ['fulfillment'], ['waiting'], ['counts']]
