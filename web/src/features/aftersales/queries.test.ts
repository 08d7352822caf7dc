import { expect, test } from 'vitest'
import { daysSince, filterOf, graded, leftOf, whole } from './queries'

test('a page address becomes the filter of the server', () => {
  const now = '2026-11-21T04:00:00Z'
  expect(filterOf({ kind: ['return'], min: '12.5', max: 'much', overdue: true }, 'requested', now)).toMatchObject({ state: ['requested'], kind: ['return'], min_fen: 1250, max_fen: undefined, due_before_at: now, sort: 'due' })
  expect(filterOf({}, 'done', now)).toMatchObject({ state: ['refunded', 'exchanged'], due_before_at: undefined, sort: 'recent' })
  expect(filterOf({}, 'all', now).state).toEqual([])
})

test('no more is expected than has left and not come back', () => {
  expect(leftOf({ asked: 3, shipped: 2, returned: 1 })).toBe(1)
  expect(leftOf({ asked: 1, shipped: 5, returned: 0 })).toBe(1)
  expect(leftOf({ asked: 3, shipped: 0, returned: 0 })).toBe(0)
  expect(whole([{ line_id: '7', asked: 2, shipped: 2, returned: 0 }])).toEqual({ 7: { good: 2, defective: 0, missing: 0 } })
})

test('a piece has one grade', () => {
  const all = { good: 3, defective: 0, missing: 0 }
  const one = graded(all, 'defective', 1, 3)
  expect(one).toEqual({ good: 2, defective: 1, missing: 0 })
  expect(graded(one, 'missing', 1, 3)).toEqual({ good: 1, defective: 1, missing: 1 })
  expect(graded(one, 'good', 1, 3)).toEqual({ good: 3, defective: 0, missing: 0 })
  expect(graded({ good: 0, defective: 0, missing: 0 }, 'good', -1, 3)).toEqual({ good: 0, defective: 0, missing: 0 })
})

test('age is told in whole days', () => {
  const now = Date.parse('2026-11-21T04:00:00Z')
  expect(daysSince('2026-11-18T05:00:00Z', now)).toBe(2)
  expect(daysSince(null, now)).toBe(0)
})
