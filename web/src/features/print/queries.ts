import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import type { components } from '@/api/schema'
import type { Answer } from '@/lib/api/answer'
import type { Bucket } from './search'

type Schemas = components['schemas']
export type Waiting = Answer<Schemas['PrintWaiting']>
export type Batch = Answer<Schemas['PrintBatch']>
export type BatchDetail = Answer<Schemas['PrintBatchDetail']>
export type Label = Answer<Schemas['PrintLabel']>
export type Agent = Answer<Schemas['PrintAgent']>
export type Account = Answer<Schemas['CarrierAccount']>
export type Started = Answer<Schemas['PrintStarted']>

export interface QueueFilter {
  bucket: Bucket
  warehouse_id?: string
  shop_id?: string
  carrier?: string
  wave?: string
}

const list = (one: string | undefined) => (one ? [one] : undefined)

export function queueQuery(filter: QueueFilter) {
  return queryOptions({
    queryKey: ['print', 'queue', filter],
    queryFn: ({ signal }) =>
      api.get('/print/queue', { query: { bucket: filter.bucket, carrier: filter.carrier, wave: filter.wave, warehouse_id: list(filter.warehouse_id), shop_id: list(filter.shop_id) }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    refetchInterval: 60_000,
  })
}

export const batchesQuery = queryOptions({
  queryKey: ['print', 'batches'],
  queryFn: ({ signal }) => api.get('/print/batches', { query: { limit: 100 }, signal }).then((l) => l.items),
  refetchInterval: 15_000,
})

/** A batch with its labels, asked again while something is still to happen to them. */
export function batchQuery(id: string) {
  return queryOptions({
    queryKey: ['print', 'batch', id],
    queryFn: ({ signal }) => api.get('/print/batches/{id}', { path: { id }, signal }),
    refetchInterval: (query) => {
      const batch = query.state.data
      if (!batch || batch.state === 'making') return 1000
      if (batch.state === 'ready') return 3000
      // Shipping what was printed goes on after the batch is closed.
      return batch.ships && batch.labels.some((l) => l.state === 'printed' && !l.shipped_at && !l.ship_error) ? 2000 : false
    },
  })
}

export const templatesQuery = queryOptions({
  queryKey: ['print', 'templates'],
  queryFn: ({ signal }) => api.get('/print/templates', { signal }).then((l) => l.items),
})

export const agentsQuery = queryOptions({
  queryKey: ['print', 'agents'],
  queryFn: ({ signal }) => api.get('/print/agents', { signal }).then((l) => l.items),
  refetchInterval: 15_000,
})

export const accountsQuery = queryOptions({
  queryKey: ['carrier-accounts'],
  queryFn: ({ signal }) => api.get('/carrier-accounts', { signal }).then((l) => l.items),
})
