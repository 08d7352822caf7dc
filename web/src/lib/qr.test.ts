import { expect, test } from 'vitest'
import { qrModules } from './qr'

// Drawn by another implementation.
const COVE = `
111111100011101111111
100000100000001000001
101110101010101011101
101110101111101011101
101110101011101011101
100000101110101000001
111111101010101111111
000000001101100000000
101111100100101111100
100001010010100101001
110100100111010011010
101000000010000111111
110110100101010011000
000000001011111001101
111111100110101100010
100000101011111001100
101110101100100100010
101110101010100101100
101110101111010011100
100000100110000110100
111111101011010010110`.trim()

const draw = (text: string) => qrModules(text)?.map((row) => row.map((dark) => (dark ? '1' : '0')).join('')).join('\n')

test('a short text becomes the same code that another implementation draws', () => {
  expect(draw('cove')).toBe(COVE)
})

test('the code grows with the text, and a text that no version holds gives none', () => {
  expect([14, 15, 26, 27, 122, 123, 331].map((n) => qrModules('x'.repeat(n))?.length)).toEqual([21, 25, 25, 29, 45, 49, 69])
  expect(qrModules('x'.repeat(332))).toBeNull()
})

test('a Chinese name counts by its bytes', () => {
  expect(qrModules('\u5355\u6e7e'.repeat(2))?.length).toBe(21)
  expect(qrModules('\u5355\u6e7e'.repeat(3))?.length).toBe(25)
})
