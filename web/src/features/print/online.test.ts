import { expect, test } from 'vitest'
import { isOnline } from './online'

test('a station is there while it asks for work, and never before it is paired or after it was revoked', () => {
  const now = Date.parse('2026-11-22T08:00:00Z')
  expect(isOnline({ state: 'active', seen_at: '2026-11-22T07:59:30Z' }, now)).toBe(true)
  expect(isOnline({ state: 'active', seen_at: '2026-11-22T07:58:00Z' }, now)).toBe(false)
  expect(isOnline({ state: 'active', seen_at: null }, now)).toBe(false)
  expect(isOnline({ state: 'revoked', seen_at: '2026-11-22T07:59:59Z' }, now)).toBe(false)
})
