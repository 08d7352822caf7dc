import { expect, it } from 'vitest'
import { ageOf } from './age'

it('calls half a day long and a whole one late', () => {
  const now = Date.UTC(2026, 0, 2)
  const at = (hours: number) => new Date(now - hours * 3_600_000).toISOString()
  expect([0, 11.9, 12, 23.9, 24, 70].map((h) => ageOf(at(h), now))).toEqual(['fresh', 'fresh', 'long', 'long', 'late', 'late'])
  expect(ageOf(null, now)).toBe('fresh')
})
