/**
 * Money and times as people read them. Money is integer fen, instants are the
 * API's RFC 3339 strings, shown in the shop's zone.
 */
export const SHOP_ZONE = 'Asia/Shanghai'

/** 123456 → "¥1,234.56"; null (the source did not say) → "–". Never goes through a float. */
export function formatFen(fen: number | null | undefined): string {
  if (fen == null) return '\u2013'
  const sign = fen < 0 ? '-' : ''
  const abs = Math.abs(fen)
  const yuan = Math.trunc(abs / 100)
  const cents = abs % 100
  return `${sign}\u00a5${groupDigits(yuan)}.${String(cents).padStart(2, '0')}`
}

/** 1234567 → "1,234,567". */
export function groupDigits(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** "12.3" → 1230 fen; null when it is no amount with at most two decimals. */
export function parseYuan(text: string): number | null {
  const match = /^\s*[\u00a5\uffe5]?\s*(-?)(\d{1,12})(?:\.(\d{1,2}))?\s*$/u.exec(text.replaceAll(',', ''))
  if (!match) return null
  const fen = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0') || 0)
  return match[1] ? -fen : fen
}

/** 1230 → "12.30", for an input field. */
export function fenToInput(fen: number | null | undefined): string {
  if (fen == null) return ''
  return formatFen(fen).replace('\u00a5', '').replaceAll(',', '')
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function parts(instant: string | number | Date, zone: string): Record<string, string> | null {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return null
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formatters.set(zone, formatter)
  }
  return Object.fromEntries(formatter.formatToParts(date).map((p) => [p.type, p.value]))
}

/** "11-20 03:24", with the year in front when it is not this year. */
export function formatTime(instant: string | null | undefined, zone = SHOP_ZONE, now: number = Date.now()): string {
  if (!instant) return '\u2013'
  const p = parts(instant, zone)
  if (!p) return '\u2013'
  const year = parts(now, zone)?.year === p.year ? '' : `${p.year}-`
  return `${year}${p.month}-${p.day} ${p.hour}:${p.minute}`
}

/** "2026-11-20 03:24:05", the full value for titles. */
export function formatFullTime(instant: string | number | null | undefined, zone = SHOP_ZONE): string {
  if (!instant) return ''
  const p = parts(instant, zone)
  return p ? `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}` : ''
}

/** "2026-11-20", the day of an instant in the shop's zone. */
export function formatDay(instant: string | number | Date, zone = SHOP_ZONE): string {
  const p = parts(instant, zone)
  return p ? `${p.year}-${p.month}-${p.day}` : ''
}

/** Start of a shop-zone day as RFC 3339. China has had no daylight saving since 1991, so its offset is fixed. */
export function startOfDay(day: string): string {
  return `${day}T00:00:00+08:00`
}

/** The day after `day` (yyyy-mm-dd). */
export function nextDay(day: string, step = 1): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + step)
  return at.toISOString().slice(0, 10)
}

export interface Span {
  days: number
  hours: number
  minutes: number
}

/** Splits milliseconds into whole days, hours and minutes (rounded down). */
export function splitSpan(ms: number): Span {
  const minutes = Math.floor(Math.abs(ms) / 60_000)
  return { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60), minutes: minutes % 60 }
}

/** 1536 → "1.5 kB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
