import { expect, test } from 'vitest'
import { fenToInput, formatBytes, formatFen, formatFullTime, formatTime, nextDay, parseYuan, splitSpan } from './format'

test.each([
  [0, '¥0.00'],
  [5, '¥0.05'],
  [123456, '¥1,234.56'],
  [-250, '-¥2.50'],
  [123456789012, '¥1,234,567,890.12'],
])('%i fen read %s', (fen, text) => {
  expect(formatFen(fen)).toBe(text)
})

test('money that a source did not give is a dash, not zero', () => {
  expect(formatFen(null)).toBe('–')
  expect(formatFen(undefined)).toBe('–')
})

test.each([
  ['12.3', 1230],
  ['0.07', 7],
  ['1,234.50', 123450],
  ['¥8', 800],
  ['-3.2', -320],
  ['1.234', null],
  ['', null],
  ['12元', null],
])('the input %s is %s fen', (text, fen) => {
  expect(parseYuan(text)).toBe(fen)
})

test('an amount survives the way into an input field and back', () => {
  for (const fen of [0, 7, 99, 100, 123456, -1, 9007199254]) expect(parseYuan(fenToInput(fen))).toBe(fen)
})

test('times are shown in the shop zone, with the year only when it is another one', () => {
  const now = Date.parse('2026-11-21T04:00:00Z')
  expect(formatTime('2026-11-20T16:24:05Z', undefined, now)).toBe('11-21 00:24')
  expect(formatTime('2025-12-31T15:59:00Z', undefined, now)).toBe('2025-12-31 23:59')
  expect(formatFullTime('2026-11-20T16:24:05.123Z')).toBe('2026-11-21 00:24:05')
})

test('an unreadable or missing time is a dash', () => {
  expect(formatTime('soon')).toBe('–')
  expect(formatTime(null)).toBe('–')
})

test('the next day crosses months and years', () => {
  expect(nextDay('2026-12-31')).toBe('2027-01-01')
  expect(nextDay('2026-03-01', -1)).toBe('2026-02-28')
})

test('a span is split into whole days, hours and minutes', () => {
  expect(splitSpan(((24 + 18) * 60 + 5) * 60_000)).toEqual({ days: 1, hours: 18, minutes: 5 })
  expect(splitSpan(-61_000)).toEqual({ days: 0, hours: 0, minutes: 1 })
})

test('sizes have a unit', () => {
  expect([formatBytes(12), formatBytes(1536), formatBytes(2_700_000)]).toEqual(['12 B', '1.5 kB', '2.7 MB'])
})
