import { expect, test } from 'vitest'
import { readCheckpoints } from './checkpoints'

const kept = { at: 1795303840798, hash: 'ab', merchant_id: '382674027786797056', public_key: 'cd', seq: 581, signature: 'ef' }

test('a kept checkpoint is read alone and in a list, without what the server would refuse', () => {
  expect(readCheckpoints(JSON.stringify({ $schema: 'x', ...kept }))).toEqual([kept])
  expect(readCheckpoints(JSON.stringify([kept, kept]))).toEqual([kept, kept])
})

test('any other file is refused instead of proving nothing', () => {
  for (const text of ['', 'no json', '[]', '{}', 'null', JSON.stringify({ ...kept, seq: '581' }), JSON.stringify([kept, 1])]) {
    expect(readCheckpoints(text)).toBeNull()
  }
})
