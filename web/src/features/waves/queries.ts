import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import type { Picker, WaveSheet } from '@/lib/api/contract'
import { useCan } from '@/lib/session'

export const WAVE_KEYS = [['waves'], ['orders']]

export function waveQuery(id: string) {
  return queryOptions({ queryKey: ['waves', 'one', id], queryFn: ({ signal }) => api.get('/waves/{id}', { path: { id }, signal }) })
}

const NOBODY: Picker[] = []

/** Who may pick, for whoever may pick. */
export function usePickers(): Picker[] {
  const may = useCan()('packing.pick')
  const { data } = useQuery({ queryKey: ['pickers'], queryFn: ({ signal }) => api.get('/pickers', { signal }).then((l) => l.items), enabled: may, staleTime: 5 * 60_000 })
  return data ?? NOBODY
}

/** Pieces of a wave that are still to be fetched. */
export function leftOf(wave: { wanted: number; picked: number; short: number }): number {
  return Math.max(0, wave.wanted - wave.picked - wave.short)
}

/** The pieces of those that are in, added up. */
export function sumOf(sheet: WaveSheet): { orders: number; wanted: number; picked: number; short: number; hits: number } {
  const out = { orders: 0, wanted: 0, picked: 0, short: 0, hits: 0 }
  for (const b of sheet.baskets) {
    if (b.left_reason !== '') continue
    out.orders++
    out.wanted += b.wanted
    out.picked += Math.min(b.picked, b.wanted)
    out.short += b.short
    if (b.hit) out.hits++
  }
  return out
}
