import type { Sync, TestReport } from '@/lib/api/contract'
import type { Tone } from '@/ui/Tag'
import type { ShopTab } from './search'

export type Condition = 'unauthorised' | 'expired' | 'refused' | 'banned' | 'gap' | 'behind' | 'expiring' | 'starting' | 'ok'

export const TONE: Record<Condition, Tone> = {
  unauthorised: 'red',
  expired: 'red',
  refused: 'red',
  banned: 'red',
  gap: 'red',
  behind: 'amber',
  expiring: 'amber',
  starting: 'blue',
  ok: 'green',
}

/** The one thing to know about a shop's synchronisation: the worst of what holds. */
export function conditionOf(s: Sync, now: number): Condition {
  if (s.access_state === 'unauthorised' || s.access_state === 'expired' || s.access_state === 'refused') return s.access_state
  if (s.quota.banned_until_at && Date.parse(s.quota.banned_until_at) > now) return 'banned'
  if (s.open_gaps > 0) return 'gap'
  if (s.streams.some((x) => x.pulled_at && (x.behind_since_at || x.error))) return 'behind'
  if (s.streams.length === 0 || s.streams.some((x) => !x.pulled_at)) return s.streams.some((x) => x.error) ? 'behind' : 'starting'
  return s.access_state === 'expiring' ? 'expiring' : 'ok'
}

export type Problem = TestReport['problem']

const PROBLEM: Record<string, Problem> = {
  'channel.bad_credentials': 'credentials',
  'access.credential_missing': 'credentials',
  'access.unreadable': 'credentials',
  'channel.bad_signature': 'signature',
  'channel.bad_clock': 'clock',
  'channel.ip_not_listed': 'ip_not_listed',
  'channel.no_permission': 'permission',
  'channel.token_expired': 'expired',
  'channel.throttled': 'throttled',
  'channel.unavailable': 'unreachable',
  'channel.unknown_outcome': 'unreachable',
  'httpx.unreachable': 'unreachable',
  'httpx.private_address': 'private_address',
}

/** Which kind of trouble an error of the channel is, so that the way out of it can be named. */
export function problemOf(code: string): Problem {
  return PROBLEM[code] ?? 'other'
}

/** Where the way out of a condition begins. */
export function tabOf(c: Condition): ShopTab {
  if (c === 'unauthorised' || c === 'expired' || c === 'refused' || c === 'expiring') return 'access'
  return c === 'gap' ? 'checks' : 'health'
}
