import { expect, test } from 'vitest'
import type { Import } from '@/lib/api/contract'
import { troubleOf } from './trouble'

type File = Import['files'][number]
const file = (kind: string, more: Partial<File> = {}) => ({ kind, state: 'recognised', candidates: [], ...more }) as unknown as File
const bad = file('', { error: { code: 'channel.broken', message: '' } })
const data = (files: File[], table?: unknown) => ({ files, table }) as Pick<Import, 'files' | 'table'>

test('order files alone or with their details may go on, whatever lies beside them', () => {
  expect(troubleOf(data([file('orders')]))).toBeUndefined()
  expect(troubleOf(data([file('orders'), file('order_details'), bad]))).toBeUndefined()
  expect(troubleOf(data([file('', { state: 'ambiguous', candidates: [{ channel: 'a', kind: 'orders' }, { channel: 'b', kind: 'ledger' }] })]))).toBeUndefined()
  expect(troubleOf(data([file('unknown', { state: 'unknown' })], { columns: [] }))).toBeUndefined()
})

test('what cannot become orders is said before any preview', () => {
  expect(troubleOf(data([bad]))).toBe('unreadable')
  expect(troubleOf(data([bad], { columns: [] }))).toBe('unreadable')
  expect(troubleOf(data([file('ledger')]))).toBe('no_orders')
  expect(troubleOf(data([file('ledger'), file('aftersales')]))).toBeUndefined()
  expect(troubleOf(data([file('order_details')]))).toBe('part_missing')
  expect(troubleOf(data([file('receivers'), file('ledger')]))).toBe('part_missing')
})
