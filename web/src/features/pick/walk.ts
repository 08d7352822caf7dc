import type { WaveSheet, WaveStop } from '@/lib/api/contract'

/** What one hand did at the shelf, as the server takes it. */
export interface Hand {
  sku_id: string
  do: 'pick' | 'undo' | 'short'
  quantity: number
  /** One basket; 0 serves baskets in turn. */
  position: number
  /** Of short: how many pieces are on the shelf. */
  counted?: number
}

/** Pieces of a stop that are still to be fetched. */
export function leftOf(stop: { wanted: number; picked: number; short: number }): number {
  return Math.max(0, stop.wanted - stop.picked - stop.short)
}

/** The stop after a hand, as the server will have it: what a person did shows at once, and while the server cannot be reached. */
export function after(sheet: WaveSheet, hand: Hand): WaveSheet {
  return { ...sheet, stops: sheet.stops.map((s) => (s.sku_id === hand.sku_id ? stopAfter(s, hand) : s)) }
}

function stopAfter(stop: WaveStop, hand: Hand): WaveStop {
  if (hand.do === 'undo') {
    const drops = stop.drops.some((d) => d.position === hand.position)
      ? stop.drops.map((d) => (d.position === hand.position ? { ...d, quantity: d.quantity + hand.quantity } : d))
      : [...stop.drops, { position: hand.position, quantity: hand.quantity }].toSorted((a, b) => a.position - b.position)
    return { ...stop, picked: Math.max(0, stop.picked - hand.quantity), drops: hand.position === 0 ? stop.drops : drops }
  }
  // Goods fill baskets from the first on; what is missing is missing in the last ones.
  let rest = hand.quantity
  const drops = (hand.do === 'short' ? stop.drops.toReversed() : stop.drops).map((d) => {
    if (hand.position !== 0 && d.position !== hand.position) return d
    const n = Math.min(rest, d.quantity)
    rest -= n
    return { ...d, quantity: d.quantity - n }
  })
  const kept = (hand.do === 'short' ? drops.toReversed() : drops).filter((d) => d.quantity > 0)
  return hand.do === 'short' ? { ...stop, short: stop.short + hand.quantity, drops: kept } : { ...stop, picked: stop.picked + hand.quantity, drops: kept }
}

/** The stops a person walks: their own and nobody's, or all; with work left, in walking order. */
export function walkOf(sheet: WaveSheet, me: string, everyone: boolean): WaveStop[] {
  return sheet.stops.filter((s) => leftOf(s) > 0 && (everyone || s.picker_id === '0' || s.picker_id === me))
}

/** Who has stops of their own in a wave starts with those. */
export function hasOwn(sheet: WaveSheet, me: string): boolean {
  return sheet.stops.some((s) => s.picker_id === me)
}

const same = (a: string, b: string) => a.trim().toUpperCase() === b.trim().toUpperCase()

export type Scanned = { kind: 'location'; stops: WaveStop[] } | { kind: 'sku'; stop: WaveStop } | { kind: 'basket'; position: number } | { kind: 'unknown' }

/** What a scan means in a wave: a location, a SKU by barcode or code, or a basket: its number, or the wave's code and its number. */
export function read(sheet: WaveSheet, scan: string): Scanned {
  const text = scan.trim()
  const stop = sheet.stops.find((s) => same(s.sku_code, text) || s.barcodes.some((b) => same(b, text)))
  if (stop) return { kind: 'sku', stop }
  const here = sheet.stops.filter((s) => s.location !== '' && same(s.location, text))
  if (here.length > 0) return { kind: 'location', stops: here }
  const bare = text.toUpperCase().startsWith(`${sheet.code.toUpperCase()}-`) ? text.slice(sheet.code.length + 1) : text
  if (/^\d{1,3}$/.test(bare) && Number(bare) > 0) return { kind: 'basket', position: Number(bare) }
  return { kind: 'unknown' }
}
