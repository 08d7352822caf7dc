import type { FollowUpDraft, FollowUpLine } from '@/lib/api/contract'
import { fenToInput, parseYuan } from '@/lib/format'

export type Kind = 'reship' | 'exchange'
export const LIABLE = ['merchant', 'buyer', 'carrier', 'supplier', 'channel'] as const
export const RECEIVER_FIELDS = ['name', 'phone', 'province', 'city', 'district', 'detail'] as const
export type ReceiverField = (typeof RECEIVER_FIELDS)[number]

/** What a person chose of one line. Prices are yuan as text. */
export interface Chosen {
  back: number
  out: number
  /** Other goods than the line's own. */
  sku?: { id: string; label: string }
  price: string
}

/** A reship or an exchange while it is typed. */
export interface Form {
  kind: Kind
  case_id: string
  lines: Record<string, Chosen>
  when: 'now' | 'after_return'
  reason: string
  note: string
  liable: (typeof LIABLE)[number]
  /** Null: it goes to the order's own receiver. */
  receiver: Record<ReceiverField, string> | null
  /** What the goods sent back are worth, where no source told; yuan. */
  returned: string
  settlement: '' | 'collected' | 'refund' | 'waived'
  confirmed: boolean
}

export const NOBODY: Record<ReceiverField, string> = { name: '', phone: '', province: '', city: '', district: '', detail: '' }

/** The cases of the order that one of this kind can be made for: an exchange only for an open case that asks for one. */
export function casesFor(kind: Kind, draft: FollowUpDraft): FollowUpDraft['cases'] {
  return draft.cases.filter((c) => !c.own && (kind === 'reship' || (c.kind === 'exchange' && !['refused', 'closed', 'refunded'].includes(c.state))))
}

/** Begins with the case it was asked for, unless that one is not for this kind. */
export function emptyForm(kind: Kind, caseId: string, draft: FollowUpDraft): Form {
  const case_id = casesFor(kind, draft).some((c) => c.id === caseId) ? caseId : ''
  return { kind, case_id, lines: {}, when: 'after_return', reason: '', note: '', liable: 'merchant', receiver: draft.needs_receiver ? NOBODY : null, returned: '', settlement: '', confirmed: false }
}

/** What was paid for so many more pieces that come back, fen, as the server counts it; null where nobody knows. */
export function worthOf(line: Pick<FollowUpLine, 'net_fen' | 'ordered' | 'exchanged'>, pieces: number): number | null {
  if (line.net_fen == null || line.ordered <= 0) return null
  const { net_fen: all, ordered: n, exchanged: before } = line
  const upTo = (k: number) => Math.floor(all / n) * k + Math.floor(((all % n) * k) / n)
  return upTo(Math.min(n, before + pieces)) - upTo(Math.min(n, before))
}

/** A line's choice with defaults: as many go out as come back, at what was paid for one. */
export function chosenOf(form: Form, line: FollowUpLine): Chosen {
  return form.lines[line.line_id] ?? { back: 0, out: 0, price: line.net_fen == null || line.ordered <= 0 ? '' : fenToInput(Math.round(line.net_fen / line.ordered)) }
}

export interface Sums {
  /** Null while a price is missing. */
  goods: number | null
  /** Null while nobody said what it is worth. */
  returned: number | null
  difference: number | null
}

export function sumsOf(form: Form, draft: FollowUpDraft): Sums {
  let goods: number | null = 0
  let returned: number | null = 0
  let unknown = false
  for (const line of draft.lines) {
    const c = chosenOf(form, line)
    if (c.out > 0) {
      const price = parseYuan(c.price)
      goods = goods === null || price === null || price < 0 ? null : goods + price * c.out
    }
    if (c.back > 0) {
      const worth = worthOf(line, c.back)
      if (worth === null) unknown = true
      else if (returned !== null) returned += worth
    }
  }
  if (unknown) {
    const told = form.returned.trim() === '' ? null : parseYuan(form.returned)
    returned = told === null || told < 0 ? null : told
  }
  return { goods, returned, difference: goods === null || returned === null ? null : goods - returned }
}

export function worthUnknown(form: Form, draft: FollowUpDraft): boolean {
  return draft.lines.some((l) => chosenOf(form, l).back > 0 && worthOf(l, 1) === null)
}

export const piecesOut = (form: Form, draft: FollowUpDraft) => draft.lines.reduce((n, l) => n + chosenOf(form, l).out, 0)
export const piecesBack = (form: Form, draft: FollowUpDraft) => draft.lines.reduce((n, l) => n + chosenOf(form, l).back, 0)

/** The lines of which more would be sent again than was ordered. */
export function beyond(form: Form, draft: FollowUpDraft): FollowUpLine[] {
  return form.kind === 'reship' ? draft.lines.filter((l) => chosenOf(form, l).out > 0 && l.sent + chosenOf(form, l).out > l.ordered) : []
}

function settlementOf(form: Form, difference: number) {
  if (difference === 0) return 'none' as const
  const fits = form.settlement === 'waived' || form.settlement === (difference > 0 ? 'collected' : 'refund')
  return fits && form.settlement !== '' ? form.settlement : null
}

/** The request; null while something is missing. */
export function bodyOf(form: Form, draft: FollowUpDraft) {
  const has = (text: string) => text.trim() !== ''
  const exchange = form.kind === 'exchange'
  const out = draft.lines.filter((l) => chosenOf(form, l).out > 0)
  const back = draft.lines.filter((l) => chosenOf(form, l).back > 0)
  const { difference } = sumsOf(form, draft)
  const r = form.receiver
  if (out.length === 0 || !has(form.reason) || (beyond(form, draft).length > 0 && !form.confirmed)) return null
  if (r && (!has(r.name) || !has(r.phone) || !has(r.detail))) return null
  const settlement = exchange && difference !== null ? settlementOf(form, difference) : 'none'
  if (exchange && (back.length === 0 || difference === null || settlement === null)) return null
  return {
    kind: form.kind,
    lines: out.map((l) => {
      const c = chosenOf(form, l)
      return { line_id: l.line_id, quantity: c.out, ...(c.sku ? { sku_id: c.sku.id } : {}), ...(exchange ? { price_fen: parseYuan(c.price) ?? 0 } : {}) }
    }),
    reason: form.reason.trim(),
    liable: form.liable,
    ...(has(form.note) ? { note: form.note.trim() } : {}),
    ...(form.case_id ? { case_id: form.case_id } : {}),
    ...(form.confirmed ? { confirmed: true } : {}),
    ...(r ? { receiver: { name: r.name.trim(), phone: r.phone.trim(), detail: r.detail.trim(), province: r.province.trim(), city: r.city.trim(), district: r.district.trim() } } : {}),
    ...(exchange
      ? {
          back: back.map((l) => ({ line_id: l.line_id, quantity: chosenOf(form, l).back })),
          when: form.when,
          difference_fen: difference ?? 0,
          settlement: settlement ?? ('none' as const),
          ...(worthUnknown(form, draft) ? { returned_fen: parseYuan(form.returned) ?? 0 } : {}),
        }
      : {}),
  }
}
