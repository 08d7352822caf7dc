import { expect, test } from 'vitest'
import { said } from './ReviewHead'
import { readReviewSearch } from './reviewSearch'

test('a count is a number, a number with a plus, or a dash', () => {
  expect(said({ n: 1234, exact: true, known: true })).toBe('1,234')
  expect(said({ n: 10000, exact: false, known: true })).toBe('10,000+')
  expect(said({ n: 0, exact: true, known: true })).toBe('0')
  expect(said({ n: 0, exact: false, known: false })).toBe('\u2013')
  expect(said(undefined)).toBe('\u2013')
})

test('the queue is what its address says, and a mistyped stage is the first one', () => {
  expect(readReviewSearch({ stage: 'finance', hold: 'blacklist', shop_id: '7', order: '9' })).toEqual({ stage: 'finance', hold: 'blacklist', shop_id: '7', order: '9' })
  expect(readReviewSearch({ stage: 'boss' }).stage).toBeUndefined()
})
