/** 1050 → "17:30". */
export function timeOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** "17:30" → 1050; null while it is no time of day. */
export function minuteOf(time: string): number | null {
  const m = /^([01]\d|2[0-3]):([0-5]\d)/.exec(time)
  return m ? Number(m[1]) * 60 + Number(m[2]) : null
}
