/** A minute of the day as a clock shows it; nothing for none. */
export function clockOf(minute: number): string {
  if (minute < 0) return ''
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** The minute of the day that a clock shows, -1 for nothing. */
export function minuteOf(clock: string): number {
  const found = /^(\d{1,2}):(\d{2})$/.exec(clock)
  if (!found) return -1
  const minute = Number(found[1]) * 60 + Number(found[2])
  return minute < 24 * 60 ? minute : -1
}

/** Yuan as typed, in fen; null for nothing. */
export function fenOf(yuan: string): number | null {
  const n = Number(yuan.trim())
  return yuan.trim() === '' || !Number.isFinite(n) || n < 0 ? null : Math.round(n * 100)
}
