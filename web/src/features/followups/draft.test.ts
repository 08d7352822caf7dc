import { expect, test } from 'vitest'
import type { FollowUpDraft, FollowUpLine } from '@/lib/api/contract'
import { beyond, bodyOf, chosenOf, emptyForm, sumsOf, worthOf, type Form } from './draft'

const line = (part: Partial<FollowUpLine> = {}): FollowUpLine => ({ line_id: '1', sku_id: '9', sku_code: 'A', title: 'Cup', spec: '', image_url: '', is_gift: false, ordered: 3, shipped: 3, sent: 0, returning: 0, may_return: 3, exchanged: 0, net_fen: 10000, ...part })
const draft = (...lines: FollowUpLine[]): FollowUpDraft => ({ order_id: '5', channel_order_no: 'S1', receiver_masked: '', needs_receiver: false, lines, cases: [] })
const form = (kind: Form['kind'], d: FollowUpDraft, part: Partial<Form>): Form => ({ ...emptyForm(kind, '', d), reason: 'x', ...part })

test('the pieces of a line add up to what was paid for it', () => {
  expect([0, 1, 2].map((exchanged) => worthOf(line({ exchanged }), 1))).toEqual([3333, 3333, 3334])
  expect(worthOf(line({ net_fen: null }), 1)).toBeNull()
})

test('a reship needs a reason and pieces, and a word where it exceeds the order', () => {
  const d = draft(line({ sent: 2 }))
  expect(bodyOf(form('reship', d, {}), d)).toBeNull()
  const two = { lines: { '1': { back: 0, out: 2, price: '' } } }
  expect(beyond(form('reship', d, two), d)).toHaveLength(1)
  expect(bodyOf(form('reship', d, two), d)).toBeNull()
  expect(bodyOf(form('reship', d, { ...two, confirmed: true }), d)).toEqual({ kind: 'reship', lines: [{ line_id: '1', quantity: 2 }], reason: 'x', liable: 'merchant', confirmed: true })
  expect(bodyOf(form('reship', d, { ...two, confirmed: true, reason: ' ' }), d)).toBeNull()
})

test('an exchange names its difference and what happens with it', () => {
  const d = draft(line())
  const lines = { '1': { back: 1, out: 1, price: '40', sku: { id: '8', label: 'B' } } }
  const open = form('exchange', d, { lines })
  expect(sumsOf(open, d)).toEqual({ goods: 4000, returned: 3333, difference: 667 })
  expect(bodyOf(open, d)).toBeNull()
  expect(bodyOf({ ...open, settlement: 'refund' }, d)).toBeNull()
  expect(bodyOf({ ...open, settlement: 'collected' }, d)).toMatchObject({ difference_fen: 667, settlement: 'collected', back: [{ line_id: '1', quantity: 1 }], lines: [{ sku_id: '8', price_fen: 4000 }], when: 'after_return' })
})

test('what nobody told the worth of, a person tells', () => {
  const d = draft(line({ net_fen: null }))
  const f = form('exchange', d, { lines: { '1': { back: 1, out: 1, price: '10' } } })
  expect(bodyOf(f, d)).toBeNull()
  expect(bodyOf({ ...f, returned: '10' }, d)).toMatchObject({ returned_fen: 1000, difference_fen: 0, settlement: 'none' })
})

test('a masked receiver has to be typed', () => {
  const d = { ...draft(line()), needs_receiver: true }
  const f = form('reship', d, { lines: { '1': { back: 0, out: 1, price: '' } } })
  expect(f.receiver).not.toBeNull()
  expect(bodyOf(f, d)).toBeNull()
  expect(bodyOf({ ...f, receiver: { name: 'A', phone: '1', province: '', city: '', district: '', detail: 'x' } }, d)).not.toBeNull()
})

test('the price of new goods starts at what was paid for one', () => {
  const d = draft(line())
  expect(chosenOf(form('exchange', d, {}), line()).price).toBe('33.33')
})

test('a follow-up begins with the case it was asked for only where that case is for its kind', () => {
  const open = { id: '7', case_no: 'AS7', goods: '', own: false, state: 'requested' }
  const d = { ...draft(line()), cases: [{ ...open, kind: 'return_refund' }, { ...open, id: '8', kind: 'exchange' }, { ...open, id: '9', kind: 'exchange', state: 'closed' }] }
  expect(['7', '8', '9'].map((id) => emptyForm('exchange', id, d).case_id)).toEqual(['', '8', ''])
  expect(['7', '8', '9'].map((id) => emptyForm('reship', id, d).case_id)).toEqual(['7', '8', '9'])
})
