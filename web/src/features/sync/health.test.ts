import { expect, test } from 'vitest'
import type { Sync } from '@/lib/api/contract'
import { conditionOf, problemOf, tabOf } from './health'

const NOW = Date.parse('2026-11-21T00:00:00Z')
const stream = { stream: 'orders', watermark_at: null, started_at: null, lag_ms: 0, span_ms: 0, skew_ms: 0, next_at: null, pulled_at: '2026-11-20T23:59:00Z', seen: 1, retries: 0, behind_since_at: null, alarmed: false, error: null as never } as const
const shop = (over: Partial<Sync> = {}): Sync => ({
  shop_id: '1',
  shop_name: 'A',
  channel: 'own',
  access_state: 'ok',
  consent_by_at: null,
  healthy: true,
  streams: [{ ...stream }],
  open_gaps: 0,
  quarantined: 0,
  waiting_hints: 0,
  open_days: 0,
  quota: { calls: 0, daily_calls: 0, per_second: 0, banned_until_at: null, ban_code: '', decrypts: 0, daily_decrypts: 0 },
  unknown_words: [],
  ...over,
})

test('the worst of what holds is said, and where to go for it', () => {
  expect(conditionOf(shop(), NOW)).toBe('ok')
  expect(conditionOf(shop({ streams: [] }), NOW)).toBe('starting')
  expect(conditionOf(shop({ access_state: 'expiring' }), NOW)).toBe('expiring')
  expect(conditionOf(shop({ access_state: 'expiring', streams: [{ ...stream, behind_since_at: '2026-11-20T23:00:00Z' }] }), NOW)).toBe('behind')
  expect(conditionOf(shop({ open_gaps: 1 }), NOW)).toBe('gap')
  expect(conditionOf(shop({ open_gaps: 1, quota: { calls: 1, daily_calls: 1, per_second: 1, banned_until_at: '2026-11-21T01:00:00Z', ban_code: 'x', decrypts: 0, daily_decrypts: 0 } }), NOW)).toBe('banned')
  expect(conditionOf(shop({ quota: { calls: 1, daily_calls: 1, per_second: 1, banned_until_at: '2026-11-20T01:00:00Z', ban_code: 'x', decrypts: 0, daily_decrypts: 0 } }), NOW)).toBe('ok')
  expect(conditionOf(shop({ access_state: 'expired', open_gaps: 3 }), NOW)).toBe('expired')
  expect(tabOf('expired')).toBe('access')
  expect(tabOf('gap')).toBe('checks')
})

test('errors fall into the kinds whose way out is known', () => {
  expect(problemOf('channel.ip_not_listed')).toBe('ip_not_listed')
  expect(problemOf('httpx.private_address')).toBe('private_address')
  expect(problemOf('pull.incomplete')).toBe('other')
})
