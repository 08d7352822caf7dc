import { expect, it } from 'vitest'
import type { WaitingOrder } from '@/lib/api/contract'
import { endOfDay, reasonsOf, swapsOf } from './outcome'
import { isNarrowed, readWaitingSearch } from './search'

it('names each reason once, the most frequent first', () => {
  const failed = [
    { order_id: '1', code: 'waiting.refund_agreed', message: 'A refund was agreed' },
    { order_id: '2', code: 'fulfillment.waiting', message: 'It waits' },
    { order_id: '3', code: 'fulfillment.waiting', message: 'It waits' },
  ]
  expect(reasonsOf(failed).map((r) => [r.code, r.ids])).toEqual([
    ['fulfillment.waiting', ['2', '3']],
    ['waiting.refund_agreed', ['1']],
  ])
})

it('replaces every line that lacks the SKU, and each of them once', () => {
  const part = (line_id: string, sku_id: string) => ({ line_id, sku_id, line_sku_id: sku_id, title: '', spec: '', pieces: 1, quantity: 1 })
  const order = { missing: [part('1', 'a'), part('2', 'b'), part('3', 'a'), part('3', 'a')] } as WaitingOrder
  expect(swapsOf(order, 'a', 'z')).toEqual([
    { line_id: '1', sku_id: 'z' },
    { line_id: '3', sku_id: 'z' },
  ])
})

it('promises a day until its end where the shop is', () => {
  expect(new Date(endOfDay('2026-11-23')).toISOString()).toBe('2026-11-23T15:59:59.000Z')
})

it('knows a narrowed list from an open row', () => {
  expect(isNarrowed(readWaitingSearch({ open: '5', outcome: 'perhaps' }))).toBe(false)
  expect(isNarrowed(readWaitingSearch({ overdue: '1' }))).toBe(true)
})
