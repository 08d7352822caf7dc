import { expect, test } from 'vitest'
import { faultOf, leftOf, linesOf, stays, sum, type Part } from './parts'

const left = leftOf({
  lines: [
    { order_id: '1', line_id: 'a', quantity: 3, shipped: 1 },
    { order_id: '1', line_id: 'b', quantity: 4, shipped: 0 },
  ],
})
const part = (taken: Record<string, number>): Part => ({ warehouseId: '1', taken })

test('what the parts take and what stays are together what there was', () => {
  const parts = [part({ a: 1 }), part({ b: 3 })]
  const rest = stays(left, parts)
  expect(rest).toEqual({ a: 1, b: 1 })
  expect(sum(rest) + parts.reduce((n, p) => n + sum(p.taken), 0)).toBe(sum(left))
})

test.each([
  ['a part without a piece', [part({})], 'empty_part'],
  ['a part with zero of a line', [part({ a: 0 })], 'empty_part'],
  ['more than is left', [part({ a: 2 }), part({ a: 1 })], 'too_many'],
  ['everything in one part', [part({ a: 2, b: 4 })], 'nothing'],
  ['everything in two parts', [part({ a: 2 }), part({ b: 4 })], null],
  ['one piece', [part({ b: 1 })], null],
])('%s', (_, parts, want) => {
  expect(faultOf(left, parts as Part[])).toBe(want)
})

test('lines without a piece are not sent', () => {
  expect(linesOf(part({ a: 0, b: 2 }))).toEqual([{ line_id: 'b', quantity: 2 }])
})
