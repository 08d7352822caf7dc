import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import type { Access } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'

/** What every shop's channel has still to be told, by shop. */
export const backlogsQuery = queryOptions({
  queryKey: ['sync', 'backlogs'],
  queryFn: ({ signal }) => api.get('/channel-backlogs', { signal }).then((l) => l.items),
  refetchInterval: 30_000,
})

/** A shop's access to its channel; null where it has none yet. */
export function accessQuery(shopId: string) {
  return queryOptions({
    queryKey: ['sync', 'access', shopId],
    queryFn: async ({ signal }): Promise<Access | null> => {
      try {
        return await api.get('/shops/{id}/access', { path: { id: shopId }, signal })
      } catch (error) {
        if (error instanceof ApiError && error.code === 'access.not_found') return null
        throw error
      }
    },
  })
}
