import type { OrderFilter } from './search'

/** The actions that work on many orders at once; one order is a batch of one. */
export const BULK_ACTIONS = ['approve', 'hold', 'release', 'close', 'archive', 'unarchive', 'revoke-approval', 'approve-finance', 'read', 'note', 'flag', 'tag', 'adopt'] as const
export type BulkAction = (typeof BULK_ACTIONS)[number]

/** Edits of one order, each with a form of its own. */
export type Edit = 'change-address' | 'change-lines' | 'adjust-price'

/** Orders by id, or everything that a filter finds (the server decides which those are). */
export type BulkTarget = { ids: string[] } | { filter: OrderFilter }

export function targetSize(target: BulkTarget): number | null {
  return 'ids' in target ? target.ids.length : null
}

/** The next legal step of an order that the reader may take, shown first; undefined when the order only waits. */
export function mainAction<Order>(order: Order, offers: (order: Order, action: string) => boolean): 'approve' | 'ship' | 'release' | 'adopt' | undefined {
  return (['adopt', 'release', 'approve', 'ship'] as const).find((action) => offers(order, action))
}
