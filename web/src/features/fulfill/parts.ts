import type { FulfillmentOrder, SplitLine } from '@/lib/api/contract'

/** Quantities a part takes, by order line. */
export type Taken = Record<string, number>

export interface Part {
  warehouseId: string
  taken: Taken
}

/** What is left to ship of each line. */
export function leftOf(f: Pick<FulfillmentOrder, 'lines'>): Record<string, number> {
  return Object.fromEntries(f.lines.map((l) => [l.line_id, l.quantity - l.shipped]))
}

export function sum(taken: Taken): number {
  return Object.values(taken).reduce((a, n) => a + n, 0)
}

/** What stays together once the parts have taken theirs; negative where they take too much. */
export function stays(left: Record<string, number>, parts: Part[]): Taken {
  return Object.fromEntries(Object.entries(left).map(([line, n]) => [line, n - parts.reduce((a, p) => a + (p.taken[line] ?? 0), 0)]))
}

export type SplitFault = 'empty_part' | 'too_many' | 'nothing'

/** Why a split cannot be made yet, or null: every part needs a piece, none more than there is, and there must be two sides. */
export function faultOf(left: Record<string, number>, parts: Part[]): SplitFault | null {
  const rest = stays(left, parts)
  if (Object.values(rest).some((n) => n < 0)) return 'too_many'
  if (parts.some((p) => sum(p.taken) === 0)) return 'empty_part'
  return sum(rest) === 0 && parts.length < 2 ? 'nothing' : null
}

export function linesOf(part: Part): SplitLine[] {
  return Object.entries(part.taken)
    .filter(([, quantity]) => quantity > 0)
    .map(([line_id, quantity]) => ({ line_id, quantity }))
}
