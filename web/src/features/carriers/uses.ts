import type { WaybillUse } from '@/lib/api/contract'

/** A shop's use of one account, summed over the days asked for. */
export interface Sum {
  account_id: string
  shop_id: string
  issued: number
  cancelled: number
}

export type AccountUse = WaybillUse & { account_id: string }

/** "2026-11-22" → 20261122. */
export const dayNumber = (day: string): number => Number(day.replaceAll('-', ''))

/** 20261122 → "2026-11-22". */
export function dayText(day: number): string {
  const text = String(day)
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}

/** Sums by account and shop, the greatest first. */
export function sums(uses: readonly AccountUse[]): Sum[] {
  const by = new Map<string, Sum>()
  for (const u of uses) {
    const key = `${u.account_id}/${u.shop_id}`
    const sum = by.get(key) ?? { account_id: u.account_id, shop_id: u.shop_id, issued: 0, cancelled: 0 }
    sum.issued += u.issued
    sum.cancelled += u.cancelled
    by.set(key, sum)
  }
  return [...by.values()].sort((a, b) => b.issued - a.issued)
}

/** One cell of a CSV file. What a sheet would take for a formula is marked as text. */
export function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A CSV text that sheets open as UTF-8. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
