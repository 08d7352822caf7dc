import { describe, expect, it } from 'vitest'
import { areasOf, clashes, draftOf, type AreaDraft } from './areas'

const row = (change: Partial<AreaDraft> = {}): AreaDraft => ({ province: '浙江省', city: '', served: true, preference: '1', distance_km: '', first_yuan: '', next_yuan: '', ...change })

describe('the places of a warehouse', () => {
  it('come back as they were, the rest of the country last', () => {
    const areas = [
      { province: '', city: '', served: false, preference: 0, distance_km: 0, first_fen: 0, next_fen: 0 },
      { province: '浙江省', city: '杭州市', served: true, preference: 2, distance_km: 120, first_fen: 350, next_fen: 105 },
    ]
    expect(areasOf(draftOf(areas))).toEqual([areas[1], areas[0]])
  })
  it('are not saved with a price that nobody can read', () => {
    expect(areasOf([row({ first_yuan: '3.5' })])?.[0]?.first_fen).toBe(350)
    expect(areasOf([row({ next_yuan: 'three' })])).toBeNull()
  })
  it('name each place once, a city beside its province', () => {
    expect(clashes([row(), row({ city: '杭州市' }), row({ province: '' })])).toBeNull()
    expect(clashes([row(), row({ province: '' }), row()])).toBe(2)
  })
})
