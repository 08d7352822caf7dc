import { flag, many, one, word } from '@/lib/search'

export const CASE_TABS = ['requested', 'returning', 'receiving', 'refunding', 'unknown', 'done', 'ended', 'all'] as const
export type CaseTab = (typeof CASE_TABS)[number]
export const KINDS = ['refund', 'return', 'exchange', 'reship', 'repair', 'price_protection', 'other'] as const
export type Kind = (typeof KINDS)[number]

/** What the workbench shows; it lives in the URL. */
export interface AftersalesSearch {
  tab?: CaseTab
  shop_id?: string[]
  kind?: string[]
  reason?: string
  /** Yuan, as typed. */
  min?: string
  max?: string
  overdue?: true
  no?: string
}

export function readAftersalesSearch(raw: Record<string, unknown>): AftersalesSearch {
  return {
    tab: word(raw.tab, CASE_TABS),
    shop_id: many(raw.shop_id),
    kind: many(raw.kind)?.filter((k) => (KINDS as readonly string[]).includes(k)),
    reason: one(raw.reason),
    min: one(raw.min),
    max: one(raw.max),
    overdue: flag(raw.overdue),
    no: one(raw.no),
  }
}

export const RETURN_TABS = ['expected', 'unclaimed', 'not_back', 'inspected'] as const
export type ReturnTab = (typeof RETURN_TABS)[number]

/** What the page of returns shows. */
export interface ReturnsSearch {
  tab?: ReturnTab
  /** What was scanned last. */
  code?: string
}

export function readReturnsSearch(raw: Record<string, unknown>): ReturnsSearch {
  return { tab: word(raw.tab, RETURN_TABS), code: one(raw.code) }
}
