import { queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from './api/client'
import { allPages } from './api/pages'
import type { Shop, Warehouse } from './api/contract'
import { currentLanguage } from './i18n'

// Short lists that many pages need to name things. They change rarely; settings pages and live events mark them stale.
const RARELY = 10 * 60_000

export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: ({ signal }) => api.get('/channels', { signal }).then((l) => l.items),
  staleTime: Infinity,
})

export const shopsQuery = queryOptions({
  queryKey: ['shops'],
  queryFn: ({ signal }) => allPages((cursor) => api.get('/shops', { query: { limit: 200, cursor }, signal })),
  staleTime: RARELY,
})

export const warehousesQuery = queryOptions({
  queryKey: ['warehouses'],
  queryFn: ({ signal }) => allPages((cursor) => api.get('/warehouses', { query: { limit: 200, cursor }, signal })),
  staleTime: RARELY,
})

/** How far every shop that is connected by API has been read. */
export const syncQuery = queryOptions({
  queryKey: ['sync', 'list'],
  queryFn: ({ signal }) => api.get('/sync', { signal }).then((l) => l.items),
  // Live events tell of troubles; how far the lists are read moves on by itself.
  refetchInterval: 30_000,
})

export const carriersQuery = queryOptions({
  queryKey: ['carriers'],
  queryFn: ({ signal }) => api.get('/carriers', { signal }).then((l) => l.items),
  staleTime: Infinity,
})

/**
 * How often who waits for goods is counted anew, ms. Every order and every movement of
 * stock may change it, and counting reads all who wait: on a busy day an event a second
 * must not make every open window ask.
 */
export const WAITING_MS = 15_000

/** How many orders wait for goods. */
export const waitingCountQuery = queryOptions({
  queryKey: ['waiting', 'count'],
  queryFn: ({ signal }) => api.get('/waiting-orders/count', { signal }),
  refetchInterval: WAITING_MS,
  staleTime: WAITING_MS,
})

/** The longest hit list that is counted: beyond, the number would be no better known. */
export const HITS_COUNTED = 200

/** How many parcels must not leave, up to HITS_COUNTED. */
export const hitsCountQuery = queryOptions({
  queryKey: ['hits', 'count'],
  queryFn: ({ signal }) => api.get('/packing-hits', { query: { limit: HITS_COUNTED }, signal }).then((l) => l.items.length),
  refetchInterval: 30_000,
  staleTime: 15_000,
})

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => api.get('/settings', { signal }).then((l) => l.items),
})

/** A name in the reader's language, of whatever carries both. */
export function nameOf(thing: { name_zh: string; name_en: string }): string {
  return currentLanguage() === 'zh-CN' ? thing.name_zh : thing.name_en
}

/** The help text of whatever carries both. */
export function helpOf(thing: { help_zh: string; help_en: string }): string {
  return currentLanguage() === 'zh-CN' ? thing.help_zh : thing.help_en
}

/** The same for what explains it. */
export function hintOf(thing: { hint_zh: string; hint_en: string }): string {
  return currentLanguage() === 'zh-CN' ? thing.hint_zh : thing.hint_en
}

export interface ChannelFace {
  name: string
  color: string
}

/** Name and badge colour by channel code; an unknown code shows itself on grey. */
export function useChannelFaces(): (code: string) => ChannelFace {
  const { data } = useQuery(channelsQuery)
  const language = currentLanguage()
  return useMemo(() => {
    const faces = new Map(data?.map((c) => [c.code, { name: language === 'zh-CN' ? c.name_zh : c.name_en, color: c.color }]))
    return (code: string) => faces.get(code) ?? { name: code, color: '#5b6270' }
  }, [data, language])
}

export function useShops(): Shop[] {
  return useQuery(shopsQuery).data ?? NONE
}

export function useWarehouses(): Warehouse[] {
  return useQuery(warehousesQuery).data ?? NONE
}

const NONE: never[] = []
