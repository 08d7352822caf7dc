/** One part of a bundle while it is edited; the numbers as typed. */
export interface PartDraft {
  sku_id: string
  code: string
  quantity: number | null
  /** Share of the bundle's value, relative to the other parts. */
  share: number | null
}

export const MAX_PARTS = 50
const MAX_QUANTITY = 10_000
const MAX_SHARE = 1_000_000

/** Whether the server would take the parts: whole numbers within bounds, no SKU twice. None at all makes a plain SKU again. */
export function partsValid(parts: readonly PartDraft[]): boolean {
  const within = (n: number | null, low: number, high: number) => n !== null && Number.isInteger(n) && n >= low && n <= high
  return parts.length <= MAX_PARTS && new Set(parts.map((p) => p.sku_id)).size === parts.length && parts.every((p) => p.sku_id !== '' && within(p.quantity, 1, MAX_QUANTITY) && within(p.share, 0, MAX_SHARE))
}

/**
 * What part of the bundle's price each component bears, in tenths of a percent
 * that add up to exactly 1000; null where no share says anything.
 */
export function shareOf(parts: readonly PartDraft[]): number[] | null {
  const total = parts.reduce((sum, p) => sum + (p.share ?? 0), 0)
  if (total <= 0) return null
  let given = 0
  let seen = 0
  return parts.map((p) => {
    seen += p.share ?? 0
    const upTo = Math.round((seen * 1000) / total)
    const own = upTo - given
    given = upTo
    return own
  })
}

/** 333 → "33.3%". */
export function permille(n: number): string {
  return `${Math.trunc(n / 10)}.${n % 10}%`
}
