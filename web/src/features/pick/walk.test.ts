import { expect, test } from 'vitest'
import type { WaveSheet, WaveStop } from '@/lib/api/contract'
import { after, hasOwn, leftOf, read, walkOf } from './walk'

function stop(sku_id: string, more: Partial<WaveStop> = {}): WaveStop {
  return { sku_id, sku_code: `TEA-${sku_id}`, name: '茶', barcodes: [`69${sku_id}`], location: `A-${sku_id}`, picker_id: '0', wanted: 5, picked: 0, short: 0, drops: [{ position: 1, quantity: 2 }, { position: 3, quantity: 3 }], ...more }
}

function sheet(...stops: WaveStop[]): WaveSheet {
  return { id: '1', code: 'W261122-001', stops, baskets: [], progress: [] } as unknown as WaveSheet
}

test('goods fill the first baskets, what is missing is missing in the last', () => {
  const s = sheet(stop('1'))
  expect(after(s, { sku_id: '1', do: 'pick', quantity: 3, position: 0 }).stops[0]).toMatchObject({ picked: 3, drops: [{ position: 3, quantity: 2 }] })
  expect(after(s, { sku_id: '1', do: 'short', quantity: 4, position: 0 }).stops[0]).toMatchObject({ short: 4, drops: [{ position: 1, quantity: 1 }] })
})

test('a hand into one basket leaves the others, and is undone', () => {
  const s = sheet(stop('1'))
  const done = after(s, { sku_id: '1', do: 'pick', quantity: 3, position: 3 })
  expect(done.stops[0]).toMatchObject({ picked: 3, drops: [{ position: 1, quantity: 2 }] })
  expect(after(done, { sku_id: '1', do: 'undo', quantity: 3, position: 3 })).toEqual(s)
})

test('a person walks their own stops and nobody\u2019s, or all', () => {
  const s = sheet(stop('1', { picker_id: '7' }), stop('2', { picker_id: '8' }), stop('3'), stop('4', { picked: 4, short: 1 }))
  expect(walkOf(s, '7', false).map((x) => x.sku_id)).toEqual(['1', '3'])
  expect(walkOf(s, '7', true).map((x) => x.sku_id)).toEqual(['1', '2', '3'])
  expect(hasOwn(s, '7')).toBe(true)
  expect(hasOwn(s, '9')).toBe(false)
  expect(leftOf(stop('4', { picked: 4, short: 1 }))).toBe(0)
})

test('a scan is a barcode, a code, a location or a basket', () => {
  const s = sheet(stop('1'), stop('2', { location: 'a-1' }))
  expect(read(s, '691')).toMatchObject({ kind: 'sku', stop: { sku_id: '1' } })
  expect(read(s, ' tea-2 ')).toMatchObject({ kind: 'sku', stop: { sku_id: '2' } })
  const here = read(s, 'A-1')
  expect(here.kind === 'location' && here.stops.map((x) => x.sku_id)).toEqual(['1', '2'])
  expect(read(s, '12')).toEqual({ kind: 'basket', position: 12 })
  expect(read(s, 'w261122-001-12')).toEqual({ kind: 'basket', position: 12 })
  expect(read(s, '0')).toEqual({ kind: 'unknown' })
  expect(read(s, '6901234567890')).toEqual({ kind: 'unknown' })
})
