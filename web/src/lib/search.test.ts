import { expect, test } from 'vitest'
import { flag, many, one, parseSearch, stringifySearch, word } from './search'

test('a list is a repeated name and survives the way through the URL', () => {
  const search = { tab: 'shipped', shop: ['901', '902'], number: '4900000000000000123 4900000000000000124' }
  expect(stringifySearch(search)).toBe('?tab=shipped&shop=901&shop=902&number=4900000000000000123+4900000000000000124')
  expect(parseSearch(stringifySearch(search))).toEqual(search)
})

test('a long order number keeps its last digits', () => {
  expect(parseSearch('?drawer=9007199254740993')).toEqual({ drawer: '9007199254740993' })
})

test('empty values are not written', () => {
  expect(stringifySearch({ a: '', b: undefined, c: [], d: false })).toBe('')
})

test('values are read as the page declares them', () => {
  expect(one(['x', 'y'])).toBe('x')
  expect(one('')).toBeUndefined()
  expect(many('x')).toEqual(['x'])
  expect(many(undefined)).toBeUndefined()
  expect(word('card', ['card', 'compact'] as const)).toBe('card')
  expect(word('cards', ['card', 'compact'] as const)).toBeUndefined()
  expect([flag('1'), flag('true'), flag('0'), flag(undefined)]).toEqual([true, true, undefined, undefined])
})
