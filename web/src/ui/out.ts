/** What is done to many fulfillment orders at once. */
export const OUT_ACTIONS = ['ship', 'carrier', 'seal', 'unseal'] as const
export type OutAction = (typeof OUT_ACTIONS)[number]

/** What each needs of the reader. */
export const OUT_RIGHTS: Record<OutAction, string> = { ship: 'fulfillment.ship', carrier: 'fulfillment.allocate', seal: 'fulfillment.merge', unseal: 'fulfillment.merge' }

/** Fulfillment orders by id, those that stand somewhere on the print screen, or those of orders. */
export type OutTarget = { ids: string[] } | { filter: object } | { order_ids: string[] } | { orders: object }
