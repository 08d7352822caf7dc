interface Walked {
  sku_id: string
  wanted: number
  picked: number
  short: number
}

/** Cuts a walk into as many stretches as there are people, with about as many pieces each. Everyone walks one stretch. */
export function shareOut<S extends Walked>(stops: S[], people: number): S[][] {
  const out: S[][] = Array.from({ length: people }, () => [])
  const left = (s: S) => Math.max(0, s.wanted - s.picked - s.short)
  const total = stops.reduce((n, s) => n + left(s), 0)
  if (people === 0 || total === 0) return out
  let before = 0
  for (const stop of stops) {
    // Where the middle of this stop's pieces lies says whose stretch it is.
    const at = Math.min(people - 1, Math.floor(((before + left(stop) / 2) / total) * people))
    out[at]?.push(stop)
    before += left(stop)
  }
  return out
}
