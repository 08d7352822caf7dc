import { parseYuan } from '@/lib/format'

/** A manual order while it is typed. Amounts are yuan as text; they become fen exactly or not at all. */
export interface ManualDraft {
  shop_id: string
  channel_order_no: string
  paid: boolean
  receiver: Record<ReceiverField, string>
  lines: ManualLine[]
  freight: string
  discount: string
  buyer_nick: string
  buyer_note: string
  seller_note: string
}

export interface ManualLine {
  sku_id: string
  label: string
  quantity: number
  /** Of one piece, yuan. */
  price: string
  is_gift: boolean
}

export const RECEIVER_FIELDS = ['name', 'phone', 'province', 'city', 'district', 'detail'] as const
export type ReceiverField = (typeof RECEIVER_FIELDS)[number]

export const EMPTY_DRAFT: ManualDraft = {
  shop_id: '',
  channel_order_no: '',
  paid: true,
  receiver: { name: '', phone: '', province: '', city: '', district: '', detail: '' },
  lines: [],
  freight: '',
  discount: '',
  buyer_nick: '',
  buyer_note: '',
  seller_note: '',
}

/** An amount that is not negative, in fen; empty is nothing, null is no amount. */
export function amountOf(text: string): number | null {
  if (text.trim() === '') return 0
  const fen = parseYuan(text)
  return fen !== null && fen >= 0 ? fen : null
}

/** A gift costs nothing; a sold piece must have a price, 0 included. */
export function priceOf(line: Pick<ManualLine, 'price' | 'is_gift'>): number | null {
  if (line.is_gift) return 0
  return line.price.trim() === '' ? null : amountOf(line.price)
}

/** What the buyer pays, in fen; null while an amount is missing or wrong, or when the discount is more than everything else. */
export function totalOf(draft: Pick<ManualDraft, 'lines' | 'freight' | 'discount'>): number | null {
  const freight = amountOf(draft.freight)
  const discount = amountOf(draft.discount)
  if (freight === null || discount === null) return null
  let sum = freight - discount
  for (const line of draft.lines) {
    const price = priceOf(line)
    if (price === null) return null
    sum += price * line.quantity
  }
  return sum >= 0 && Number.isSafeInteger(sum) ? sum : null
}

/** The request for a draft; null while something is missing. */
export function manualBody(draft: ManualDraft) {
  const { receiver, lines } = draft
  const has = (text: string) => text.trim() !== ''
  if (!draft.shop_id || lines.length === 0 || totalOf(draft) === null) return null
  if (!has(receiver.name) || !has(receiver.phone) || !has(receiver.detail)) return null
  if (lines.some((l) => !Number.isInteger(l.quantity) || l.quantity < 1)) return null
  const text = (name: 'channel_order_no' | 'buyer_nick' | 'buyer_note' | 'seller_note') => (has(draft[name]) ? { [name]: draft[name].trim() } : {})
  return {
    shop_id: draft.shop_id,
    paid: draft.paid,
    receiver: {
      name: receiver.name.trim(),
      phone: receiver.phone.trim(),
      detail: receiver.detail.trim(),
      ...Object.fromEntries((['province', 'city', 'district'] as const).filter((k) => has(receiver[k])).map((k) => [k, receiver[k].trim()])),
    },
    lines: lines.map((l) => ({ sku_id: l.sku_id, quantity: l.quantity, price_fen: priceOf(l) ?? 0, ...(l.is_gift ? { is_gift: true } : {}) })),
    freight_fen: amountOf(draft.freight) ?? 0,
    discount_fen: amountOf(draft.discount) ?? 0,
    ...text('channel_order_no'),
    ...text('buyer_nick'),
    ...text('buyer_note'),
    ...text('seller_note'),
  }
}

const PHONE = /(?<!\d)(?:\+?86[- ]?)?(1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)/
// Province: province, autonomous region, or one of the municipalities; then city; then district. The words are Chinese, so they are written by code point.
const PROVINCE = /^(.{2,7}?(?:\u7701|\u81ea\u6cbb\u533a|\u7279\u522b\u884c\u653f\u533a)|(?:\u5317\u4eac|\u5929\u6d25|\u4e0a\u6d77|\u91cd\u5e86)\u5e02?)/u
const CITY = /^(.{2,9}?(?:\u81ea\u6cbb\u5dde|\u5730\u533a|\u5e02|\u76df))/u
const DISTRICT = /^(.{1,11}?(?:\u81ea\u6cbb\u53bf|\u65b0\u533a|\u533a|\u53bf|\u5e02|\u65d7))/u
const ADDRESS_END = /[\u5e02\u533a\u53bf\u8def\u8857\u9547\u4e61\u6751\u53f7\u5ba4\u697c\u680b\u5e62\u5f04\u5ea7\u5c42]$/u
const MUNICIPALITY = /^(?:\u5317\u4eac|\u5929\u6d25|\u4e0a\u6d77|\u91cd\u5e86)/u

/** Reads a pasted receiver («name phone region street», in any order of name and phone); what it cannot tell stays empty. */
export function parseReceiver(text: string): Record<ReceiverField, string> {
  const out = { ...EMPTY_DRAFT.receiver }
  const phone = PHONE.exec(text)
  out.phone = phone?.[1] ?? ''
  const rest = (phone ? text.replace(phone[0], ' ') : text).split(/[\s,;:\uff0c\uff1b\uff1a\u3001]+/u).filter(Boolean)
  // The name stands first or last: short, without digits, and no end of an address (city, road, number, room and the like).
  const isName = (part: string | undefined) => part !== undefined && part.length >= 2 && part.length <= 6 && !/\d/.test(part) && !PROVINCE.test(part) && !ADDRESS_END.test(part)
  const at = rest.length > 1 ? [0, rest.length - 1].findIndex((i) => isName(rest[i])) * (rest.length - 1) : -1
  if (at >= 0) out.name = rest.splice(at, 1)[0] ?? ''
  // Chinese addresses have no blanks; between two Latin words one is kept.
  let address = rest.reduce((all, part) => (/[a-z0-9]$/i.test(all) && /^[a-z0-9]/i.test(part) ? `${all} ${part}` : all + part), '')
  const cut = (pattern: RegExp): string => {
    const found = pattern.exec(address)?.[1] ?? ''
    address = address.slice(found.length)
    return found
  }
  out.province = cut(PROVINCE)
  if (MUNICIPALITY.test(out.province)) {
    out.province = `${out.province.slice(0, 2)}\u5e02`
    out.city = out.province
    if (address.startsWith(out.city)) address = address.slice(out.city.length)
  } else if (out.province !== '') out.city = cut(CITY)
  if (out.province !== '') out.district = cut(DISTRICT)
  out.detail = address
  return out
}
