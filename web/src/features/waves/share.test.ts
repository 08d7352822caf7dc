import { expect, test } from 'vitest'
import { shareOut } from './share'

const stop = (sku_id: string, wanted: number, picked = 0, short = 0) => ({ sku_id, wanted, picked, short })
const ids = (parts: { sku_id: string }[][]) => parts.map((p) => p.map((s) => s.sku_id).join(''))

test('each person walks one stretch with about as many pieces', () => {
  expect(ids(shareOut([stop('a', 4), stop('b', 4), stop('c', 4), stop('d', 4)], 2))).toEqual(['ab', 'cd'])
  expect(ids(shareOut([stop('a', 10), stop('b', 1), stop('c', 1)], 2))).toEqual(['a', 'bc'])
})

test('what is picked or missing already weighs nothing', () => {
  expect(ids(shareOut([stop('a', 9, 9), stop('b', 9, 4, 4), stop('c', 1)], 2))).toEqual(['ab', 'c'])
})

test('nobody gets a stop twice and none is forgotten', () => {
  const walk = Array.from({ length: 37 }, (_, i) => stop(`${i} `, (i * 7) % 5))
  const parts = shareOut(walk, 4)
  expect(parts.flat()).toEqual(walk)
})

test('without work or people nothing is shared', () => {
  expect(shareOut([stop('a', 0)], 2)).toEqual([[], []])
  expect(shareOut([stop('a', 1)], 0)).toEqual([])
})
