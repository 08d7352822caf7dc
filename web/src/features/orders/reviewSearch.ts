import { one, word } from '@/lib/search'

/** Whom an order waits for: customer service first, then finance where a rule asks for it. */
export const STAGES = ['service', 'finance'] as const
export type Stage = (typeof STAGES)[number]

export interface ReviewSearch {
  stage?: Stage
  /** The reason the queue is narrowed to. */
  hold?: string
  shop_id?: string
  /** The order that is looked at. */
  order?: string
}

export function readReviewSearch(raw: Record<string, unknown>): ReviewSearch {
  return { stage: word(raw.stage, STAGES), hold: one(raw.hold), shop_id: one(raw.shop_id), order: one(raw.order) }
}
