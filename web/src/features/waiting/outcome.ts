import type { AllocateAnswer, WaitingOrder } from '@/lib/api/contract'

export interface Reason {
  code: string
  message: string
  ids: string[]
}

/** Why orders are left out, each reason once, the most frequent first. */
export function reasonsOf(failed: AllocateAnswer['failed']): Reason[] {
  const by = new Map<string, Reason>()
  for (const f of failed) {
    const known = by.get(f.message)
    if (known) known.ids.push(f.order_id)
    else by.set(f.message, { code: f.code, message: f.message, ids: [f.order_id] })
  }
  return [...by.values()].sort((a, b) => b.ids.length - a.ids.length)
}

export interface Swap {
  line_id: string
  sku_id: string
}

/** The lines of an order that lack a SKU, each of which becomes another one. */
export function swapsOf(order: WaitingOrder, missing: string, to: string): Swap[] {
  const lines = new Set(order.missing.filter((p) => p.sku_id === missing).map((p) => p.line_id))
  return [...lines].map((line_id) => ({ line_id, sku_id: to }))
}

/** The end of a day in the shop's zone (+08:00), as what is promised for that day. */
export function endOfDay(day: string): string {
  return `${day}T23:59:59+08:00`
}
