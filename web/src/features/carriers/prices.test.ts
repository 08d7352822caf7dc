import { describe, expect, it } from 'vitest'
import { badCells, gramToKg, kgToGram, NEW_PRICE, pastedPrices, priceDraft, priceOf } from './prices'

describe('price tables', () => {
  it.each([1, 250, 1000, 1500, 20_000, 99_999_999])('weights of %i g come back from kilograms', (gram) => {
    expect(kgToGram(gramToKg(gram))).toBe(gram)
  })

  it('refuse weights that are none', () => {
    for (const text of ['', '1,5', 'x', '-1', '1.2345']) expect(kgToGram(text)).toBeNull()
  })

  it('keep a row through the form', () => {
    const stored = { province: '浙江省', city: '杭州市', district: '', first_gram: 1000, first_fen: 1250, step_gram: 500, step_fen: 80, volume_divisor: 6000, product: '2', warehouse_id: '7' }
    expect(priceOf(priceDraft(stored))).toEqual(stored)
    expect(badCells(priceDraft(stored))).toEqual([])
  })

  it('name the cells that cannot be used', () => {
    expect(badCells({ ...NEW_PRICE, city: '杭州市', first_kg: '0', first_yuan: 'free', step_yuan: '-1', divisor: '6k' })).toEqual(['province', 'first_kg', 'first_yuan', 'step_yuan', 'divisor'])
  })

  it('are read from a sheet, whole or without city and county, with or without a heading', () => {
    const rows = pastedPrices('省\t首重\t首费\t续重\t续费\n浙江省\t1\t3.5\t1\t1\n全国\t1\t8\t0.5\t3\n\n')
    expect(rows.map((r) => [r.province, r.first_kg, r.first_yuan, r.step_kg, r.step_yuan])).toEqual([
      ['浙江省', '1', '3.5', '1', '1'],
      ['', '1', '8', '0.5', '3'],
    ])
    const [whole] = pastedPrices('西藏自治区,拉萨市,城关区,1,18,1,12,8000')
    expect(whole).toMatchObject({ province: '西藏自治区', city: '拉萨市', district: '城关区', first_kg: '1', step_yuan: '12', divisor: '8000' })
  })
})
