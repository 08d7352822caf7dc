import i18next from 'i18next'
import { expect, it } from 'vitest'
import type { VerifyItem, VerifySession } from '@/lib/api/contract'
import { bandOf, counted, deviation, guess, paceOf } from './band'

const item = (over: Partial<VerifyItem>): VerifyItem => ({ order_id: '1', line_id: '1', sku_id: '7', bundle_id: '0', sku_code: 'TEA', name: 'Tea', codes: ['6901'], image_url: '', serial: '', need: 2, done: 0, ...over })
const session = (over: Partial<VerifySession>): VerifySession =>
  ({ id: '9', state: 'open', next: 'piece', need: 2, done: 0, items: [item({})], orders: [], waybill_no: 'YT1', expected_gram: 0, gram: 0, ...over }) as VerifySession

it('knows a piece by its code and its barcodes, and nothing while a number is waited for', () => {
  expect(guess(session({}), '6901')?.verdict).toBe('counted')
  expect(guess(session({}), 'TEA')?.verdict).toBe('counted')
  expect(guess(session({}), '6902')).toBeNull()
  expect(guess(session({ next: 'serial' }), '6901')).toBeNull()
  expect(guess(session({ items: [item({ done: 2 })] }), '6901')?.verdict).toBe('extra')
  expect(guess(session({ items: [item({ serial: 'imei' })] }), '6901')?.verdict).toBe('want_serial')
})

it('counts the line that is still open when two lines have the same goods', () => {
  const s = session({ items: [item({ line_id: '1', done: 2 }), item({ line_id: '2', need: 1 })] })
  const next = guess(s, '6901')?.item ?? s.items[0]
  expect(next?.line_id).toBe('2')
  const after = next ? counted(s, next) : s
  expect(after.items.map((i) => i.done)).toEqual([2, 1])
  expect(guess(after, '6901')?.verdict).toBe('extra')
})

it('says aloud what must not be missed, and nothing else', () => {
  const t = i18next.t.bind(i18next)
  const say = (verdict: Parameters<typeof bandOf>[1]['verdict'], over: object = {}) => bandOf(t, { verdict, session: session({}), item: null, refusal: null, ...over }, 'X')
  expect(say('counted', { item: item({ done: 1 }) }).say).not.toBe('')
  expect(say('counted', { item: item({ done: 2 }) }).say).toBe('')
  expect(say('counted', { item: item({ need: 1, done: 1 }) }).say).toBe('')
  expect(say('wrong').say).toBe('')
  expect(say('unknown').say).not.toBe('')
  expect(say('stopped', { refusal: { code: 'order.refund_open', message: 'm' } }).say).not.toBe(say('stopped', { refusal: { code: 'fulfillment.held', message: 'm' } }).say)
  expect(say('opened', { session: session({ orders: [{ order_id: '1', shop_id: '1', channel_order_no: 'N', buyer_note: 'red', seller_note: '', receiver: '' }] }) }).say).not.toBe('')
  expect(say('opened').say).toBe('')
  const stopped = bandOf(t, { verdict: 'stopped', session: null, item: null, refusal: { code: 'order.refund_open', message: 'm' } }, '75120000000329')
  expect(stopped.detail).toContain('75120000000329')
  expect([say('shipped').tone, say('counted').tone, say('wrong').tone, say('refused').tone]).toEqual(['done', 'good', 'bad', 'bad'])
})

it('takes the pace of one bench over the last minutes', () => {
  const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 8, n)).toISOString()
  const row = (bench: string, n: number, pieces: number, parcels: number) => ({ bench, minute_at: at(n), pieces, parcels })
  expect(paceOf([row('1', 0, 40, 4), row('1', 55, 12, 2), row('2', 55, 9, 1)], '1', Date.UTC(2026, 0, 1, 8, 59))).toEqual({ parcels: 6, pieces: 52, perMinute: 1.2 })
})

it('tells how far a weight is off', () => {
  expect(deviation(750, 762)).toEqual({ gram: 12, percent: 1.6 })
  expect(deviation(0, 762)).toBeNull()
})
