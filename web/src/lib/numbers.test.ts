import { expect, test } from 'vitest'
import { MAX_NUMBERS, parseNumbers } from './numbers'

test('a paste is split on line breaks, blanks, tabs, commas of both widths and enumeration commas', () => {
  expect(parseNumbers('A1\nA2\r\nA3 A4\tA5,A6，A7、A8;A9；A10').numbers).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10'])
})

test('equal numbers count once and keep the place of the first', () => {
  expect(parseNumbers('b a b c a')).toEqual({ numbers: ['b', 'a', 'c'], dropped: 0 })
})

test('quotes from a sheet and the zero-width mark do not belong to a number', () => {
  expect(parseNumbers("\ufeff'0012\n\"77\"").numbers).toEqual(['0012', '77'])
})

test('what goes beyond the limit is counted, not silently lost', () => {
  const pasted = parseNumbers(Array.from({ length: MAX_NUMBERS + 3 }, (_, i) => `n${i}`).join('\n'))
  expect(pasted.numbers).toHaveLength(MAX_NUMBERS)
  expect(pasted.dropped).toBe(3)
})

test('an empty paste gives no number', () => {
  expect(parseNumbers(' \n\t ')).toEqual({ numbers: [], dropped: 0 })
})
