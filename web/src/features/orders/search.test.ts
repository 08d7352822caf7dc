import { expect, test } from 'vitest'
import { parseSearch, stringifySearch } from '@/lib/search'
import { chipsOf, numbersOf, readOrderSearch, sortOf, toFilter, withoutChip, type OrderSearch } from './search'

const full: OrderSearch = {
  tab: 'awaiting_shipment',
  q: '地垫',
  numbers: '4900000000000000123 4900000000000000124',
  shop_id: ['9007199254740993', '2'],
  flag: ['1'],
  time_kind: 'paid',
  from_on: '2026-11-01',
  to_on: '2026-11-30',
  amount_min: '12.5',
  unread: true,
  drawer: '9007199254740995',
}

test('everything that the list shows survives a reload of its URL', () => {
  const back = readOrderSearch(parseSearch(stringifySearch({ ...full })))
  expect(Object.fromEntries(Object.entries(back).filter(([, v]) => v !== undefined))).toEqual(full)
})

test('words that no one knows fall back to the default view', () => {
  expect(readOrderSearch({ tab: 'nonsense', sort: 'x', from_on: 'yesterday', time_kind: 'y' })).toMatchObject({
    tab: undefined,
    sort: undefined,
    from_on: undefined,
    time_kind: undefined,
  })
})

test('days become half-open instants in the shop zone and yuan become fen', () => {
  expect(toFilter(full)).toMatchObject({ time_kind: 'paid', from_at: '2026-11-01T00:00:00+08:00', to_at: '2026-12-01T00:00:00+08:00', amount_min_fen: 1250 })
})

test('a time kind alone filters nothing', () => {
  expect(toFilter({ time_kind: 'paid' }).time_kind).toBeUndefined()
})

test('orders to ship are sorted by deadline unless someone chose otherwise', () => {
  expect(sortOf({ tab: 'awaiting_shipment' })).toBe('ship_by_asc')
  expect(sortOf({ tab: 'awaiting_shipment', sort: 'paid_desc' })).toBe('paid_desc')
  expect(sortOf({})).toBe('placed_desc')
})

test('each filter value is a chip and taking one away keeps the others and starts at the first page', () => {
  const search: OrderSearch = { ...full, cursor: 'c' }
  const chips = chipsOf(search)
  expect(chips.filter((c) => c.key === 'shop_id')).toHaveLength(2)
  const next = withoutChip(search, { key: 'shop_id', value: '2' })
  expect(next.shop_id).toEqual(['9007199254740993'])
  expect(next.cursor).toBeUndefined()
  expect(next.flag).toEqual(['1'])
  expect(withoutChip(next, { key: 'shop_id', value: '9007199254740993' }).shop_id).toBeUndefined()
})

test('pasted numbers are read again from the URL', () => {
  expect(numbersOf(full)).toEqual(['4900000000000000123', '4900000000000000124'])
})
