import { expect, test } from 'vitest'
import { filledUrl, tally } from './filled'

test('the file names exactly the parcels that were looked at, as long as an address may be', () => {
  expect(filledUrl('7', ['1', '2'])).toBe('/api/v1/ship-templates/7/filled?parcel_ids=1,2')
  expect(filledUrl('7', Array.from({ length: 200 }, (_, i) => String(i)))).toContain('parcel_ids=0,1,')
  expect(filledUrl('7', Array.from({ length: 201 }, (_, i) => String(i)))).toBe('/api/v1/ship-templates/7/filled?unreported=true')
})

test('a check says what ships, what waits for a word, and what stays', () => {
  expect(tally({ ok: 5, suspicious: 1, unchanged: 2, bad_waybill: 3, stale: 4, unknown_order: 1 })).toEqual({ ships: 6, doubtful: 3, stale: 4, left: 8 })
  expect(tally({})).toEqual({ ships: 0, doubtful: 0, stale: 0, left: 0 })
})
