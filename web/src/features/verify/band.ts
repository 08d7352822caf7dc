import type { TFunction } from 'i18next'
import type { VerifyAnswer, VerifyItem, VerifySession } from '@/lib/api/contract'
import type { BandTone } from '@/ui/Band'

/** What the band says. */
export interface Band {
  tone: BandTone
  title: string
  detail: string
  /** Said aloud, "" for nothing: more than one, a refund, an unknown number, a note of the buyer. */
  say: string
  /** The server has not answered yet. */
  pending?: boolean
}

export type Guess = { verdict: 'counted' | 'extra' | 'want_serial'; item: VerifyItem }

/**
 * What a scan is about as far as the bench can tell before the server answers: a piece by a code
 * that it was told of when the parcel was opened. It knows nothing of bundles, refunds and other parcels.
 */
export function guess(session: VerifySession, code: string): Guess | null {
  if (session.next !== 'piece') return null
  const items = session.items.filter((i) => i.sku_code === code || i.codes.includes(code))
  const open = items.find((i) => i.done < i.need)
  if (open) return { verdict: open.serial ? 'want_serial' : 'counted', item: open }
  return items[0] ? { verdict: 'extra', item: items[0] } : null
}

/** The session as it will be when the guess is right; the server's answer replaces it. */
export function counted(session: VerifySession, item: VerifyItem): VerifySession {
  return { ...session, done: session.done + 1, items: session.items.map((i) => (i === item ? { ...i, done: i.done + 1 } : i)) }
}

const GOOD = new Set(['opened', 'resumed', 'counted', 'want_serial', 'forced', 'weighed'])
const REFUNDS = new Set(['order.refund_open', 'fulfillment.order_dropped', 'fulfillment.not_open'])

export function toneOf(verdict: string): BandTone {
  if (verdict === 'shipped') return 'done'
  return GOOD.has(verdict) ? 'good' : 'bad'
}

/** What the band says of an answer. */
export function bandOf(t: TFunction, answer: Pick<VerifyAnswer, 'verdict' | 'session' | 'item' | 'refusal'>, code: string, gram: number | null = null): Band {
  const { verdict, session, item, refusal } = answer
  const base: Band = { tone: toneOf(verdict), title: t(`verify.verdict.${verdict}`), detail: '', say: '' }
  switch (verdict) {
    case 'opened':
    case 'resumed': {
      const note = session?.orders.find((o) => o.buyer_note !== '')?.buyer_note
      return { ...base, title: verdict === 'opened' ? t('verify.opened', { count: session?.need ?? 0 }) : base.title, detail: note ?? session?.waybill_no ?? '', say: note ? t('verify.say.note') : '' }
    }
    case 'counted':
      if (!item) return { ...base, detail: nextOf(t, session) }
      return { ...base, title: t('verify.counted', { done: item.done, need: item.need }), detail: item.name, say: item.done === 1 && item.need > 1 ? t('verify.say.pieces', { count: item.need }) : '' }
    case 'want_serial':
      return { ...base, title: item ? t(`verify.want.${item.serial === 'imei' ? 'imei' : 'serial'}`) : base.title, detail: item?.name ?? '' }
    case 'extra':
      return { ...base, detail: item ? t('verify.extra_detail', { name: item.name, count: item.need }) : code }
    case 'wrong':
      return { ...base, detail: code }
    case 'unknown':
      return { ...base, detail: code, say: t('verify.say.unknown') }
    case 'bad_serial':
    case 'used_serial':
      return { ...base, detail: `${code} ${item?.name ?? ''}`.trim() }
    case 'stopped':
      return { ...base, detail: [session?.waybill_no || code, refusal?.message].filter(Boolean).join(' \u00b7 '), say: REFUNDS.has(refusal?.code ?? '') ? t('verify.say.refund') : t('verify.say.stopped') }
    case 'refused':
      return { ...base, detail: refusal?.message ?? '' }
    case 'off_weight': {
      const off = gram === null ? null : deviation(session?.expected_gram ?? 0, gram)
      return { ...base, title: gram === null ? base.title : `${base.title} ${t('verify.grams', { gram })}`, detail: off ? `${t('verify.expected', { gram: session?.expected_gram })} \u00b7 ${offText(t, off)}` : '' }
    }
    case 'shipped':
      return { ...base, detail: [session?.waybill_no, session?.gram ? t('verify.grams', { gram: session.gram }) : ''].filter(Boolean).join(' \u00b7 ') }
    default:
      return { ...base, detail: nextOf(t, session) }
  }
}

/** What the bench waits for, in words. */
export function nextOf(t: TFunction, session: VerifySession | null): string {
  return t(`verify.next.${session?.next || 'number'}`)
}

export interface Pace {
  parcels: number
  pieces: number
  /** Pieces per minute over the last minutes, one decimal at most. */
  perMinute: number
}

interface CountRow {
  bench: string
  minute_at: string | null
  pieces: number
  parcels: number
}

/** Minutes over which the pace is taken. */
export const PACE_MINUTES = 10

/** What one bench did since the rows begin, and its pace up to now. */
export function paceOf(rows: CountRow[], bench: string, now: number): Pace {
  const mine = rows.filter((r) => r.bench === bench)
  const recent = mine.filter((r) => r.minute_at !== null && now - Date.parse(r.minute_at) < PACE_MINUTES * 60_000)
  const sum = (all: CountRow[], key: 'parcels' | 'pieces') => all.reduce((n, r) => n + r[key], 0)
  return { parcels: sum(mine, 'parcels'), pieces: sum(mine, 'pieces'), perMinute: Math.round((sum(recent, 'pieces') / PACE_MINUTES) * 10) / 10 }
}

/** A deviation in words. */
export function offText(t: TFunction, off: { gram: number; percent: number }): string {
  const sign = off.gram > 0 ? '+' : ''
  return t('verify.off_by', { gram: `${sign}${off.gram}`, percent: `${sign}${off.percent}` })
}

/** How far a weight is from what is expected, as "+12 g (+1.6 %)" needs it; null where nothing is expected. */
export function deviation(expected: number, gram: number): { gram: number; percent: number } | null {
  if (expected <= 0) return null
  return { gram: gram - expected, percent: Math.round(((gram - expected) * 1000) / expected) / 10 }
}
