import { expect, test } from 'vitest'
import { grouped, printable, ranges } from './group'
import type { Waiting } from './queries'

function row(id: string, carrier: string, warehouse: string, stack: string): Waiting {
  return { id, carrier, warehouse_id: warehouse, stack } as Waiting
}

test('rows are grouped by carrier and warehouse, and equal parcels that follow each other are stacked', () => {
  const groups = grouped([row('1', '', 'w', 'A'), row('2', 'ZTO', 'w', 'A'), row('3', 'ZTO', 'w', 'A'), row('4', 'ZTO', 'w', 'B'), row('5', 'ZTO', 'w', 'A'), row('6', 'ZTO', 'x', 'A')])
  expect(groups.map((g) => [g.carrier, g.warehouseId, g.count, g.stacks.map((s) => s.rows.map((r) => r.id).join('+')).join(' ')])).toEqual([
    ['', 'w', 1, '1'],
    ['ZTO', 'w', 4, '2+3 4 5'],
    ['ZTO', 'x', 1, '6'],
  ])
  expect(grouped([])).toEqual([])
})

test('what has a fault, or is promised for later, is not printed', () => {
  const now = Date.parse('2026-11-22T00:00:00Z')
  expect(printable({ error: null as never, presale_at: null }, now)).toBe(true)
  expect(printable({ error: { code: 'order.refund_open', message: 'x' }, presale_at: null }, now)).toBe(false)
  expect(printable({ error: null as never, presale_at: '2026-11-23T00:00:00Z' }, now)).toBe(false)
  expect(printable({ error: null as never, presale_at: '2026-11-21T00:00:00Z' }, now)).toBe(true)
})

test('numbers that follow each other are read as a range', () => {
  expect(ranges([1, 2, 3, 5, 7, 8])).toBe('1\u20133, 5, 7\u20138')
  expect(ranges([])).toBe('')
  expect(ranges([4])).toBe('4')
})
