import { expect, test } from 'vitest'
import { figuresOf, targetOf } from './outcome'

test('a job leads to what it changed, once it changed something', () => {
  expect(targetOf({ kind: 'channel.import_file', state: 'succeeded', ok_count: 0 })?.to).toBe('/orders')
  expect(targetOf({ kind: 'fulfillment.ship_file', state: 'cancelled', ok_count: 3 })).toMatchObject({ to: '/ship', search: { tab: 'templates' } })
  expect(targetOf({ kind: 'channel.import_file', state: 'failed', ok_count: 0 })).toBeUndefined()
  expect(targetOf({ kind: 'view.export', state: 'succeeded', ok_count: 9 })).toBeUndefined()
})

test('only counted figures are told, in a fixed order', () => {
  expect(figuresOf({ result: { rejected: 2, created: 10, updated: 0, file_id: '12', name: 'x' } })).toEqual([
    ['created', 10],
    ['rejected', 2],
  ])
  expect(figuresOf({ result: null })).toEqual([])
})
