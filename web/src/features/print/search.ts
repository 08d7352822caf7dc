import { one, word } from '@/lib/search'

/** Where open fulfillment orders stand on their way to paper, and the batches that were made. */
export const BUCKETS = ['unprinted', 'printing', 'printed', 'mergeable', 'problem', 'presale'] as const
export type Bucket = (typeof BUCKETS)[number]
export const PRINT_TABS = [...BUCKETS, 'batches'] as const
export type PrintTab = (typeof PRINT_TABS)[number]

export interface PrintSearch {
  tab?: PrintTab
  warehouse_id?: string
  shop_id?: string
  carrier?: string
  /** Code of a wave: its parcels by basket. */
  wave?: string
  /** The run whose progress is shown. */
  run?: string
  /** The batch that is open. */
  batch?: string
}

export function readPrintSearch(raw: Record<string, unknown>): PrintSearch {
  return { tab: word(raw.tab, PRINT_TABS), warehouse_id: one(raw.warehouse_id), shop_id: one(raw.shop_id), carrier: one(raw.carrier), wave: one(raw.wave), run: one(raw.run), batch: one(raw.batch) }
}
