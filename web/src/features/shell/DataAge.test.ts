import { expect, test } from 'vitest'
import type { Shop, Sync } from '@/lib/api/contract'
import { oldestData, staleShops } from './DataAge'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const shop = (over: Partial<Shop>): Shop => ({ id: '1', channel: 'own', name: 'A', mode: 'file', live_from_at: null, warehouse_id: '0', reserve_on: 'paid', auto_approve: false, stale_after_hours: 12, data_at: null, active: true, version: 1, ...over })
const sync = (shop_id: string, watermark_at: string | null): Sync => ({ shop_id, streams: [{ stream: 'orders', watermark_at }] }) as unknown as Sync

test('only shops read by file grow stale', () => {
  const shops = [shop({ id: '1' }), shop({ id: '2', mode: 'api' }), shop({ id: '3', data_at: '2026-11-21T11:00:00Z' }), shop({ id: '4', data_at: '2026-11-20T11:00:00Z' }), shop({ id: '5', active: false })]
  expect(staleShops(shops, NOW).map((s) => s.id)).toEqual(['1', '4'])
})

test('a shop on an API is as old as what it is read up to', () => {
  const shops = [shop({ id: '1', data_at: '2026-11-21T11:30:00Z' }), shop({ id: '2', mode: 'api', data_at: '2026-01-01T00:00:00Z' })]
  expect(oldestData(shops, [sync('2', '2026-11-21T11:59:00Z')], NOW)).toBe(Date.parse('2026-11-21T11:30:00Z'))
  expect(oldestData(shops, [sync('2', '2026-11-21T10:00:00Z')], NOW)).toBe(Date.parse('2026-11-21T10:00:00Z'))
  expect(oldestData([shop({ id: '2', mode: 'api' })], [sync('2', null)], NOW)).toBe(NOW)
})
