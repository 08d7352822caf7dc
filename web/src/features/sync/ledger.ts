import type { LedgerHour } from '@/lib/api/contract'
import { formatDay, nextDay, startOfDay } from '@/lib/format'

const HOUR = 3_600_000

/** How many days the calendar shows at once. */
export const DAYS = 14

export type Mark = 'none' | 'equal' | 'quarantined' | 'gap' | 'different'

/** What an hour of the ledger says: both sides agree, some stand aside, or something is missing. */
export function markOf(hour: LedgerHour | undefined): Mark {
  if (!hour) return 'none'
  if (!hour.equal) return 'different'
  if (hour.open_gap) return 'gap'
  if (!hour.checked_at) return 'none'
  return hour.quarantined > 0 ? 'quarantined' : 'equal'
}

export interface Cell {
  at: number
  day: string
  hour: number
  /** Not there yet. */
  future: boolean
  data: LedgerHour | undefined
}

/** Rows of days, newest first, each with its 24 hours in the shop's zone. */
export function calendar(hours: LedgerHour[], lastDay: string, now: number, days = DAYS): Cell[][] {
  const byInstant = new Map(hours.map((h) => [Date.parse(h.hour_at ?? ''), h]))
  return Array.from({ length: days }, (_, back) => {
    const day = nextDay(lastDay, -back)
    const start = Date.parse(startOfDay(day))
    return Array.from({ length: 24 }, (_, hour) => {
      const at = start + hour * HOUR
      return { at, day, hour, future: at > now, data: byInstant.get(at) }
    })
  })
}

/** The instants that the calendar asks for. */
export function rangeOf(lastDay: string, days = DAYS): { from: string; to: string } {
  return { from: startOfDay(nextDay(lastDay, 1 - days)), to: startOfDay(nextDay(lastDay)) }
}

/** 20261121 → "2026-11-21". */
export function dayText(day: number): string {
  const text = String(day)
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}

/** Where the focus goes by an arrow key, inside the grid. */
export function step(key: string, row: number, column: number, rows: number): [number, number] | null {
  const moves: Record<string, [number, number]> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -column], End: [0, 23 - column] }
  const move = moves[key]
  if (!move) return null
  return [Math.min(rows - 1, Math.max(0, row + move[0])), Math.min(23, Math.max(0, column + move[1]))]
}

/** Today in the shop's zone. */
export function today(now: number): string {
  return formatDay(now)
}
