import type { Access, Channel } from '@/lib/api/contract'
import { defined } from '@/lib/defined'

/** How carefully a shop is pulled, as a person types it: seconds and minutes, empty for the default. */
export interface TuningDraft {
  poll: number | null
  lag: number | null
  overlap: number | null
  reconcile: number | null
  retry: string
  start: string
}

export function tuningDraft(access: Access | null): TuningDraft {
  const x = access?.tuning
  const whole = (ms: number | null | undefined, unit: number) => (ms == null || ms < 0 ? null : ms / unit)
  const set = (ms: number | undefined, unit: number) => whole(ms || null, unit)
  return {
    poll: set(x?.poll_interval_ms, 1000),
    lag: whole(x?.lag_ms, 1000),
    overlap: set(x?.overlap_ms, 1000),
    reconcile: set(x?.reconcile_interval_ms, 60_000),
    retry: (x?.retry_ms ?? []).map((ms) => String(ms / 1000)).join(', '),
    start: x?.start_at ? x.start_at.slice(0, 10) : '',
  }
}

/** "1, 5, 30" → milliseconds; null where something is no number of seconds, empty for the default. */
export function parseRetries(text: string): number[] | null {
  const words = text.split(/[\s,\uff0c\u3001]+/).filter(Boolean)
  const all = words.map((w) => (/^\d+(\.\d{1,3})?$/.test(w) ? Math.round(Number(w) * 1000) : NaN))
  return all.length <= 10 && all.every((n) => n > 0) ? all : null
}

function ms(value: number | null, unit: number): number | undefined {
  return value === null ? undefined : Math.round(value * unit)
}

/** What the server takes; what was left empty falls back to its default. */
export function tuningBody(draft: TuningDraft): object {
  return defined({
    poll_interval_ms: ms(draft.poll, 1000),
    lag_ms: ms(draft.lag, 1000),
    overlap_ms: ms(draft.overlap, 1000),
    reconcile_interval_ms: ms(draft.reconcile, 60_000),
    retry_ms: draft.retry.trim() ? (parseRetries(draft.retry) ?? undefined) : undefined,
    start_at: draft.start ? `${draft.start}T00:00:00+08:00` : undefined,
  })
}

type Offer = NonNullable<Channel['api']>

/** Fields that are still needed: neither typed in, nor given before, nor optional. */
export function missing(offer: Offer, access: Access | null, typed: Record<string, string>): string[] {
  return offer.credentials.filter((c) => !c.optional && !typed[c.name]?.trim() && !access?.given.includes(c.name)).map((c) => c.name)
}

/** What was typed in and is not what is stored anyway. Secrets cannot be compared: what is typed counts. */
export function changedCredentials(access: Access | null, typed: Record<string, string>): Record<string, string> {
  const shown = new Map(access?.shown.map((s) => [s.name, s.value]))
  return Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, value.trim()] as const).filter(([name, value]) => value !== '' && value !== shown.get(name)))
}

/**
 * What a person copied from the channel's page: the whole address they landed on,
 * or the code alone, whose state is the one that the consent began with.
 */
export function readConsent(text: string, consentUrl: string): { code: string; state: string } | null {
  const own = queryOf(consentUrl)?.get('state') ?? ''
  const pasted = queryOf(text.trim())
  const code = pasted ? (pasted.get('code') ?? pasted.get('auth_code') ?? pasted.get('authorization_code') ?? '') : text.trim()
  const state = pasted?.get('state') ?? own
  return code !== '' && state !== '' && !/\s/.test(code) ? { code, state } : null
}

function queryOf(text: string): URLSearchParams | null {
  if (!/^https?:\/\//i.test(text)) return null
  try {
    const url = new URL(text)
    // Some channels route inside the fragment.
    return url.search || !url.hash.includes('?') ? url.searchParams : new URLSearchParams(url.hash.slice(url.hash.indexOf('?')))
  } catch {
    return null
  }
}
