import type { components } from '@/api/schema'
import { formatDay, nextDay, startOfDay } from '@/lib/format'
import { whole, type WavesSearch } from './search'

type Choice = components['schemas']['WaveChoice']

/** The largest wave. */
export const MAX_ORDERS = 500

/** What the server is asked for: only what narrows. */
export function choiceOf(search: WavesSearch, warehouseId: string, now: number): Choice {
  const day = formatDay(now)
  const choice: Choice = { warehouse_id: warehouseId }
  if (search.content && search.content !== 'any') choice.content = search.content
  if (search.carrier) choice.carrier = search.carrier
  if (search.province) choice.provinces = search.province
  if (search.shop_id) choice.shop_ids = search.shop_id
  if (search.urgent) choice.urgent = true
  if (search.due) choice.ship_before_at = startOfDay(nextDay(day, search.due === 'today' ? 1 : 2))
  if (search.zone) choice.zone = search.zone
  const cut = search.cut ? nextAt(search.cut, now) : null
  if (cut) choice.cut_off_at = cut
  if (whole(search.orders) > 0) choice.orders = Math.min(MAX_ORDERS, whole(search.orders))
  if (whole(search.pieces) > 0) choice.pieces = whole(search.pieces)
  if (search.content === 'same' && whole(search.stack) > 0) choice.stack_from = whole(search.stack)
  return choice
}

/** "17:30" as the next instant at which clocks in China show it; null for anything else. A rule kept for every day names the time only. */
export function nextAt(clock: string, now: number): string | null {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(clock)) return null
  const today = `${formatDay(now)}T${clock}:00+08:00`
  return Date.parse(today) > now ? today : `${nextDay(formatDay(now))}T${clock}:00+08:00`
}
