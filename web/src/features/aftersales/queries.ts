import type { QueryKey } from '@tanstack/react-query'
import type { Aftersale } from '@/lib/api/contract'
import { parseYuan } from '@/lib/format'
import type { AftersalesSearch, CaseTab } from './search'

/** What a decision or a receipt makes stale. */
export const STALE: QueryKey[] = [['aftersales'], ['orders'], ['effects'], ['stock']]

/** The states behind a tab; none is all of them. */
export const STATES: Record<CaseTab, Aftersale['state'][]> = {
  requested: ['requested'],
  returning: ['returning'],
  receiving: ['receiving'],
  refunding: ['refunding'],
  unknown: ['unknown'],
  done: ['refunded', 'exchanged'],
  ended: ['refused', 'closed'],
  all: [],
}

/** The server's filter of a page address. An amount that is none narrows nothing. */
export function filterOf(search: AftersalesSearch, tab: CaseTab, now: string) {
  const fen = (text: string | undefined) => (text ? Math.max(0, parseYuan(text) ?? 0) || undefined : undefined)
  const open = tab !== 'done' && tab !== 'ended' && tab !== 'all'
  return {
    state: STATES[tab],
    shop_id: search.shop_id,
    kind: search.kind as Aftersale['kind'][] | undefined,
    reason: search.reason,
    min_fen: fen(search.min),
    max_fen: fen(search.max),
    due_before_at: search.overdue ? now : undefined,
    no: search.no,
    sort: open ? ('due' as const) : ('recent' as const),
  }
}

/** What was counted of one line. */
export interface Counted {
  good: number
  defective: number
  missing: number
}

interface Countable {
  asked: number
  shipped: number
  returned: number
}

/** How many pieces of a line can still come back. */
export function leftOf(line: Countable): number {
  return Math.max(0, Math.min(line.asked, line.shipped - line.returned))
}

/** All of what is expected, good. */
export function whole(lines: (Countable & { line_id: string })[]): Record<string, Counted> {
  return Object.fromEntries(lines.map((l) => [l.line_id, { good: leftOf(l), defective: 0, missing: 0 }]))
}

/** Moves one piece to a grade: out of the good ones first, then out of the missing. */
export function graded(counted: Counted, to: keyof Counted, change: 1 | -1, most: number): Counted {
  const next = { ...counted, [to]: Math.max(0, counted[to] + change) }
  const sum = next.good + next.defective + next.missing
  if (sum <= most) return next
  for (const from of ['good', 'missing', 'defective'] as const) {
    if (from !== to && next[from] > 0) return { ...next, [from]: next[from] - (sum - most) < 0 ? 0 : next[from] - (sum - most) }
  }
  return counted
}

/** Whole days since an instant. */
export function daysSince(at: string | null | undefined, now: number): number {
  const then = Date.parse(at ?? '')
  return Number.isNaN(then) ? 0 : Math.max(0, Math.floor((now - then) / 86_400_000))
}
