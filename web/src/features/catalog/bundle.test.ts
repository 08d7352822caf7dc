import { expect, test } from 'vitest'
import { partsValid, permille, shareOf, type PartDraft } from './bundle'

const part = (sku_id: string, share: number | null, quantity: number | null = 1): PartDraft => ({ sku_id, code: sku_id, quantity, share })

test('the parts of a bundle bear all of its price, whatever their shares', () => {
  for (const shares of [[1, 1, 1], [9900, 4900], [1], [0, 5], [7, 7, 7, 7, 7, 7, 7]]) {
    const out = shareOf(shares.map((s, i) => part(String(i), s)))
    expect(out?.reduce((a, b) => a + b, 0)).toBe(1000)
    expect(out?.every((n) => n >= 0)).toBe(true)
  }
  expect(shareOf([part('a', 2), part('b', 1)])?.map(permille)).toEqual(['66.7%', '33.3%'])
})

test('without any share nothing is claimed', () => {
  expect(shareOf([part('a', 0), part('b', null)])).toBeNull()
  expect(shareOf([])).toBeNull()
})

test('a bundle is sent only as the server takes it', () => {
  expect(partsValid([])).toBe(true)
  expect(partsValid([part('a', 1), part('b', 0, 10_000)])).toBe(true)
  for (const bad of [[part('a', 1), part('a', 1)], [part('', 1)], [part('a', null)], [part('a', 1, 0)], [part('a', 1, 1.5)], [part('a', -1)], [part('a', 1_000_001)], [part('a', 1, 10_001)]]) {
    expect(partsValid(bad)).toBe(false)
  }
  expect(partsValid(Array.from({ length: 51 }, (_, i) => part(String(i), 1)))).toBe(false)
})
