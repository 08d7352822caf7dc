import { one, word } from '@/lib/search'

export const DROPSHIP_STATES = ['ready', 'sent', 'accepted', 'refused', 'shipped', 'withdrawn'] as const
export type DropshipState = (typeof DROPSHIP_STATES)[number]

export interface DropshipSearch {
  state?: DropshipState
  supplier_id?: string
}

export function readDropshipSearch(raw: Record<string, unknown>): DropshipSearch {
  return { state: word(raw.state, DROPSHIP_STATES), supplier_id: one(raw.supplier_id) }
}
