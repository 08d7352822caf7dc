import { expect, test } from 'vitest'
import { choiceOf, nextAt } from './choice'
import { minuteOf, timeOf } from './cutoff'
import { readWavesSearch, ruleOf } from './search'

const NOW = Date.parse('2026-11-22T23:30:00+08:00')

test('an empty form narrows nothing', () => {
  expect(choiceOf(readWavesSearch({}), '7', NOW)).toEqual({ warehouse_id: '7' })
})

test('the day a promise ends is a day in China', () => {
  expect(choiceOf({ due: 'today' }, '7', NOW).ship_before_at).toBe('2026-11-23T00:00:00+08:00')
  expect(choiceOf({ due: 'tomorrow' }, '7', NOW).ship_before_at).toBe('2026-11-24T00:00:00+08:00')
})

test('sizes are whole numbers within bounds, and stacks count for stacks only', () => {
  expect(choiceOf(readWavesSearch({ orders: '9999', pieces: '-3', stack: '4' }), '7', NOW)).toEqual({ warehouse_id: '7', orders: 500 })
  expect(choiceOf(readWavesSearch({ content: 'same', stack: '4', province: ['浙江省', '江苏省'], urgent: 'true' }), '7', NOW)).toEqual({
    warehouse_id: '7',
    content: 'same',
    stack_from: 4,
    provinces: ['浙江省', '江苏省'],
    urgent: true,
  })
})

test('a time of day is the next one, today or tomorrow', () => {
  expect(nextAt('23:45', NOW)).toBe('2026-11-22T23:45:00+08:00')
  expect(nextAt('17:30', NOW)).toBe('2026-11-23T17:30:00+08:00')
  expect(nextAt('24:00', NOW)).toBeNull()
  expect(nextAt('5', NOW)).toBeNull()
})

test('minutes of the day are written as clocks show them', () => {
  for (const minute of [0, 59, 60, 1050, 1439]) expect(minuteOf(timeOf(minute))).toBe(minute)
  expect(timeOf(1050)).toBe('17:30')
  expect(minuteOf('24:00')).toBeNull()
})

test('a rule keeps what narrows and not the page it was made on', () => {
  expect(ruleOf(readWavesSearch({ tab: 'make', code: 'W1', carrier: 'SF', orders: '40' }))).toMatchObject({ tab: undefined, code: undefined, carrier: 'SF', orders: '40' })
})
