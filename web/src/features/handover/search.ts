import { one, word } from '@/lib/search'

export const HANDOVER_TABS = ['list', 'waiting'] as const
export interface HandoverSearch {
  tab?: (typeof HANDOVER_TABS)[number]
  /** The handover that is being scanned. */
  id?: string
  carrier?: string
}

export function readHandoverSearch(raw: Record<string, unknown>): HandoverSearch {
  return { tab: word(raw.tab, HANDOVER_TABS), id: one(raw.id), carrier: one(raw.carrier) }
}
