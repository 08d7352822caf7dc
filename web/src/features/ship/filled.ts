import { apiUrl } from '@/lib/api/client'

/** Longer addresses than this many parcels make are refused by some servers in between. */
const MAX_IN_URL = 200

/**
 * Where the filled file lies. It names its parcels, so that one shipped in this
 * very moment is not in a file whose parcels are about to be marked; too many to
 * name, it takes whatever is unreported, and a late parcel stays unmarked.
 */
export function filledUrl(shopId: string, parcelIds: readonly string[]): string {
  const which = parcelIds.length > 0 && parcelIds.length <= MAX_IN_URL ? `parcel_ids=${parcelIds.join(',')}` : 'unreported=true'
  return apiUrl(`/ship-templates/${shopId}/filled?${which}`)
}

/** Counts of a check by what they mean for the run. */
export interface Tally {
  ships: number
  /** Would ship, were their numbers confirmed. */
  doubtful: number
  /** Would ship, did a supervisor say why. */
  stale: number
  left: number
}

/** What a run would do, by the verdicts of the check before it. Rows already shipped under the same number are neither. */
export function tally(counts: Record<string, number>): Tally {
  const n = (name: string) => counts[name] ?? 0
  const all = Object.values(counts).reduce((sum, v) => sum + v, 0)
  const ships = n('ok') + n('suspicious')
  return { ships, doubtful: n('bad_waybill'), stale: n('stale'), left: all - ships - n('unchanged') }
}
