import { expect, test } from 'vitest'
import type { LedgerHour } from '@/lib/api/contract'
import { calendar, dayText, markOf, rangeOf, step } from './ledger'

const hour = (over: Partial<LedgerHour> = {}): LedgerHour => ({ hour_at: '2026-11-21T00:00:00Z', theirs: 3, ours: 3, quarantined: 0, open_gap: false, equal: true, checked_at: '2026-11-21T02:00:00Z', ...over })

test('an hour is marked by the worst that holds', () => {
  expect(markOf(undefined)).toBe('none')
  expect(markOf(hour())).toBe('equal')
  expect(markOf(hour({ ours: 2, quarantined: 1 }))).toBe('quarantined')
  expect(markOf(hour({ open_gap: true, ours: 2, quarantined: 1 }))).toBe('gap')
  expect(markOf(hour({ open_gap: true, ours: 2, equal: false }))).toBe('different')
  expect(markOf(hour({ checked_at: null }))).toBe('none')
})

test('hours stand on their day in the shop’s zone, newest day first, and what is to come is empty', () => {
  const rows = calendar([hour({ hour_at: '2026-11-20T16:00:00Z' }), hour({ hour_at: '2026-11-20T15:00:00Z', theirs: 9 })], '2026-11-21', Date.parse('2026-11-21T01:30:00+08:00'), 2)
  expect(rows.map((r) => r[0]?.day)).toEqual(['2026-11-21', '2026-11-20'])
  expect(rows[0]?.[0]?.data?.theirs).toBe(3)
  expect(rows[1]?.[23]?.data?.theirs).toBe(9)
  expect(rows.flat().filter((c) => c.data)).toHaveLength(2)
  expect(rows[0]?.filter((c) => c.future)).toHaveLength(22)
})

test('the range asked for is exactly the days shown', () => {
  expect(rangeOf('2026-11-21', 2)).toEqual({ from: '2026-11-20T00:00:00+08:00', to: '2026-11-22T00:00:00+08:00' })
})

test('arrow keys stay inside the grid', () => {
  expect(step('ArrowLeft', 0, 0, 14)).toEqual([0, 0])
  expect(step('ArrowRight', 3, 22, 14)).toEqual([3, 23])
  expect(step('ArrowDown', 13, 5, 14)).toEqual([13, 5])
  expect(step('ArrowUp', 4, 5, 14)).toEqual([3, 5])
  expect(step('Home', 4, 5, 14)).toEqual([4, 0])
  expect(step('End', 4, 5, 14)).toEqual([4, 23])
  expect(step('Tab', 4, 5, 14)).toBeNull()
})

test('a day close names its day', () => {
  expect(dayText(20261105)).toBe('2026-11-05')
})
