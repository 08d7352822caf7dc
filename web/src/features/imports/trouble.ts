import type { Import } from '@/lib/api/contract'

/** Kinds of file that bring orders or belong to a file that does. */
const PARTS = ['orders', 'order_details', 'receivers'] as const

/**
 * Why these files cannot become orders or after-sale cases, known before any preview: none can be
 * read, none is about orders, or only the companion of an order file is here.
 */
export type Trouble = 'unreadable' | 'no_orders' | 'part_missing'

export function troubleOf(data: Pick<Import, 'files' | 'table'>): Trouble | undefined {
  const readable = data.files.filter((f) => !f.error)
  if (readable.length === 0) return 'unreadable'
  if (data.table) return undefined
  const kinds = new Set(readable.flatMap((f) => (f.state === 'recognised' ? [f.kind] : f.candidates.map((c) => c.kind))))
  if (kinds.has('orders') || kinds.has('aftersales')) return undefined
  return PARTS.some((k) => kinds.has(k)) ? 'part_missing' : 'no_orders'
}
