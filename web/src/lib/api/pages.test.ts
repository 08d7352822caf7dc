import { expect, test } from 'vitest'
import { allPages } from './pages'

test('a list is asked until its end, each page after the one before', async () => {
  const asked: (string | undefined)[] = []
  const pages: Record<string, { items: number[]; next_cursor: string }> = { '': { items: [1, 2], next_cursor: 'b' }, b: { items: [3], next_cursor: 'c' }, c: { items: [], next_cursor: '' } }
  const all = await allPages((cursor) => {
    asked.push(cursor)
    return Promise.resolve(pages[cursor ?? ''] ?? { items: [], next_cursor: '' })
  })
  expect(all).toEqual([1, 2, 3])
  expect(asked).toEqual([undefined, 'b', 'c'])
})
