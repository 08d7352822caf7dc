import { flag, many, one, word } from '@/lib/search'

export const OUTCOMES = ['none', 'ask', 'wait', 'replace', 'refund'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Who is shown; the open SKU among them. It lives in the URL. */
export interface WaitingSearch {
  shop_id?: string[]
  sku?: string
  outcome?: Outcome
  overdue?: true
  urgent?: true
  open?: string
}

export function readWaitingSearch(raw: Record<string, unknown>): WaitingSearch {
  return { shop_id: many(raw.shop_id), sku: one(raw.sku), outcome: word(raw.outcome, OUTCOMES), overdue: flag(raw.overdue), urgent: flag(raw.urgent), open: one(raw.open) }
}

/** What of it the server narrows by. */
export function filterOf({ shop_id, sku, outcome, overdue, urgent }: WaitingSearch) {
  return { shop_id, sku, outcome, overdue, urgent }
}

export function isNarrowed(search: WaitingSearch): boolean {
  return Object.values(filterOf(search)).some((v) => v !== undefined)
}
