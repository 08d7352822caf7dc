const HOUR = 3_600_000

/** How long a parcel waits for its courier: a day is late, half a day is long. */
export function ageOf(shippedAt: string | null, now: number): 'fresh' | 'long' | 'late' {
  const hours = shippedAt ? (now - Date.parse(shippedAt)) / HOUR : 0
  if (hours >= 24) return 'late'
  return hours >= 12 ? 'long' : 'fresh'
}
