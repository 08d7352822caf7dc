import { expect, test } from 'vitest'
import { groupDigits } from '@/lib/format'
import { afterAdjust, jobOf, signed } from './adjust'

test('goods received and corrections add up, a count replaces', () => {
  expect(afterAdjust(10, 'receive', 5)).toBe(15)
  expect(afterAdjust(10, 'change', -4)).toBe(6)
  expect(afterAdjust(10, 'set_to', 0)).toBe(0)
  expect(afterAdjust(10, 'set_to', null)).toBeNull()
})

test('a change carries its sign, and none at all is a dash, also for minus zero', () => {
  expect([1200, -3, 0, -0].map((n) => signed(n, groupDigits))).toEqual(['+1,200', '-3', '\u2013', '\u2013'])
})

test('only the paper of a job leads to the task centre', () => {
  expect(jobOf('job/382674082476326912')).toBe('382674082476326912')
  for (const text of ['parcel/1', 'job/', 'see job/12', 'job/12x', '']) expect(jobOf(text)).toBeUndefined()
})
