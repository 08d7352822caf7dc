import type { OrderRow } from '@/lib/api/contract'
import type { OrderFilter } from './search'

/** The actions that work on many orders at once; one order is a batch of one. */
export const BULK_ACTIONS = ['approve', 'hold', 'release', 'close', 'archive', 'unarchive', 'revoke-approval', 'read', 'note', 'flag', 'tag', 'adopt'] as const
export type BulkAction = (typeof BULK_ACTIONS)[number]

/** Edits of one order, each with a form of its own. */
export type Edit = 'change-address' | 'change-lines' | 'adjust-price'

/** Orders by id, or everything that a filter finds (the server decides which those are). */
export type BulkTarget = { ids: string[] } | { filter: OrderFilter }

export function targetSize(target: BulkTarget): number | null {
  return 'ids' in target ? target.ids.length : null
}

/** The next legal step of an order, shown first; undefined when the order only waits. */
export function mainAction(row: Pick<OrderRow, 'allowed_actions'>): 'approve' | 'ship' | 'release' | 'adopt' | undefined {
  for (const action of ['adopt', 'release', 'approve', 'ship'] as const) if (row.allowed_actions.includes(action)) return action
  return undefined
}
