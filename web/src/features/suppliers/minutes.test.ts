import { describe, expect, it } from 'vitest'
import { clockOf, fenOf, minuteOf } from './minutes'

describe('a cut-off', () => {
  it('is read as it is shown', () => {
    for (const minute of [0, 59, 60, 16 * 60 + 5, 24 * 60 - 1]) expect(minuteOf(clockOf(minute))).toBe(minute)
  })
  it('may be none', () => {
    expect(clockOf(-1)).toBe('')
    expect(minuteOf('')).toBe(-1)
    expect(minuteOf('24:00')).toBe(-1)
  })
})

describe('a cost', () => {
  it('is kept in fen, exactly', () => {
    expect(fenOf('12.34')).toBe(1234)
    expect(fenOf('0.29')).toBe(29)
    expect(fenOf('19.99')).toBe(1999)
  })
  it('is unknown where nothing fits', () => {
    expect(fenOf(' ')).toBeNull()
    expect(fenOf('-1')).toBeNull()
    expect(fenOf('abc')).toBeNull()
  })
})
