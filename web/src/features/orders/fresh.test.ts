import { expect, test } from 'vitest'
import { addedSince, nextBase } from './fresh'

const exact = (n: number) => ({ n, exact: true, known: true })

test('orders that came after the list was read are counted', () => {
  const base = nextBase(null, 10_000, exact(40), 10_200)
  expect(addedSince(base, exact(40))).toBe(0)
  expect(addedSince(base, exact(43))).toBe(3)
})

test('fewer orders than before are no new orders', () => {
  expect(addedSince(nextBase(null, 10_000, exact(40), 10_000), exact(31))).toBe(0)
})

test('a list read again starts from the new counter', () => {
  const first = nextBase(null, 10_000, exact(40), 10_000)
  const second = nextBase(first, 60_000, exact(43), 60_100)
  expect(addedSince(second, exact(43))).toBe(0)
  expect(addedSince(second, exact(44))).toBe(1)
})

test('the counter at the first reading stays the base while the list stays', () => {
  const base = nextBase(null, 10_000, exact(40), 10_000)
  expect(nextBase(base, 10_000, exact(50), 30_000)).toBe(base)
})

test('a counter much older than the list, or one that is not exact, tells no number', () => {
  expect(addedSince(nextBase(null, 60_000, exact(40), 10_000), exact(50))).toBe(0)
  expect(addedSince(nextBase(null, 10_000, { n: 40, exact: false, known: true }, 10_000), exact(50))).toBe(0)
  expect(addedSince(nextBase(null, 10_000, exact(40), 10_000), { n: 9999, exact: false, known: true })).toBe(0)
})

test('a counter that comes after the list is its base', () => {
  const waiting = nextBase(null, 10_000, undefined, 0)
  expect(waiting).toEqual({ listAt: 10_000, n: null })
  expect(nextBase(waiting, 10_000, undefined, 0)).toBe(waiting)
  const base = nextBase(waiting, 10_000, exact(40), 10_400)
  expect(addedSince(base, exact(42))).toBe(2)
})
