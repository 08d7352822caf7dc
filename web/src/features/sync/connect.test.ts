import { expect, test } from 'vitest'
import type { Access } from '@/lib/api/contract'
import { changedCredentials, missing, parseRetries, readConsent, tuningBody, tuningDraft } from './connect'

const access = {
  given: ['app_key', 'secret'],
  shown: [{ name: 'app_key', value: '123' }],
  tuning: { poll_interval_ms: 60_000, lag_ms: 0, overlap_ms: 0, reconcile_interval_ms: 3_600_000, retry_ms: [1000, 500], start_at: null },
} as unknown as Access
const field = (name: string, optional = false) => ({ name, optional, secret: name === 'secret', name_zh: name, name_en: name, help_zh: '', help_en: '' })
const offer = { base_url: '', custom_url: true, compares: true, needs_person: false, credentials: [field('app_key'), field('secret'), field('extra', true)] }

test('a field is needed unless it is typed in, given before, or optional', () => {
  expect(missing(offer, null, {})).toEqual(['app_key', 'secret'])
  expect(missing(offer, null, { app_key: '1', secret: '  ' })).toEqual(['secret'])
  expect(missing(offer, access, {})).toEqual([])
})

test('only what changed is sent; an empty secret stays what it is', () => {
  expect(changedCredentials(access, { app_key: '123', secret: '' })).toEqual({})
  expect(changedCredentials(access, { app_key: ' 124 ', secret: ' s ' })).toEqual({ app_key: '124', secret: 's' })
  expect(changedCredentials(null, { app_key: '1' })).toEqual({ app_key: '1' })
})

test('tuning goes out as it came in, and an emptied field falls back to its default', () => {
  const draft = tuningDraft(access)
  expect(draft).toMatchObject({ poll: 60, lag: 0, overlap: null, reconcile: 60, retry: '1, 0.5' })
  expect(tuningBody(draft)).toEqual({ poll_interval_ms: 60_000, lag_ms: 0, reconcile_interval_ms: 3_600_000, retry_ms: [1000, 500] })
  expect(tuningBody({ ...draft, poll: null, lag: null, reconcile: null, retry: '' })).toEqual({})
  expect(tuningDraft({ ...access, tuning: { ...access.tuning, lag_ms: -1 } }).lag).toBeNull()
})

test('retry times take any usual comma and nothing that is no time', () => {
  expect(parseRetries('1, 5\u3001 30\uff0c120')).toEqual([1000, 5000, 30_000, 120_000])
  expect(parseRetries('')).toEqual([])
  for (const bad of ['0', '-1', 'x', '1,a', Array(11).fill('1').join(',')]) expect(parseRetries(bad)).toBeNull()
})

test('a code is read from a whole address or stands alone with the state the consent began with', () => {
  const begun = 'https://channel.example/oauth?app=1&state=abc'
  expect(readConsent('https://shop.example/authorise?code=C1&state=xyz', begun)).toEqual({ code: 'C1', state: 'xyz' })
  expect(readConsent(' C2 ', begun)).toEqual({ code: 'C2', state: 'abc' })
  expect(readConsent('https://shop.example/#/back?auth_code=C3', begun)).toEqual({ code: 'C3', state: 'abc' })
  for (const bad of ['', 'https://shop.example/authorise?error=denied', 'two words']) expect(readConsent(bad, begun)).toBeNull()
  expect(readConsent('C4', 'https://channel.example/oauth')).toBeNull()
})
