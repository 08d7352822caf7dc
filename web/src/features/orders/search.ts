import { flag, many, one, word } from '@/lib/search'
import { nextDay, parseYuan, startOfDay } from '@/lib/format'
import { parseNumbers } from '@/lib/numbers'

export const TABS = [
  'all',
  'pending_payment',
  'awaiting_approval',
  'awaiting_shipment',
  'partly_shipped',
  'shipped',
  'delivered',
  'in_aftersale',
  'completed',
  'closed',
  'archived',
  'problem',
] as const
export type Tab = (typeof TABS)[number] | 'adoptable'
export const SORTS = ['placed_desc', 'placed_asc', 'paid_desc', 'ship_by_asc'] as const
export type Sort = (typeof SORTS)[number]
export const TIME_KINDS = ['placed', 'paid', 'shipped', 'completed', 'ship_by'] as const
export const ORDER_TYPES = ['normal', 'presale', 'gift', 'manual', 'reship', 'exchange'] as const

/** Everything that decides what the order list shows; it lives in the URL. */
export interface OrderSearch {
  tab?: Tab
  q?: string
  /** Pasted numbers, apart by blanks. */
  numbers?: string
  shop_id?: string[]
  channel?: string[]
  flag?: string[]
  tag?: string[]
  hold?: string[]
  order_type?: string[]
  payment_method?: string[]
  time_kind?: (typeof TIME_KINDS)[number]
  /** Days (yyyy-mm-dd) in the shop's zone, both included. */
  from_on?: string
  to_on?: string
  product?: string
  sku?: string
  receiver?: string
  phone?: string
  address?: string
  /** Yuan, as typed. */
  amount_min?: string
  amount_max?: string
  unread?: true
  overdue?: true
  due_within_hours?: string
  sort?: Sort
  cursor?: string
  /** The order open in the drawer. */
  drawer?: string
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const day = (value: unknown) => (DAY.test(one(value) ?? '') ? one(value) : undefined)

export function readOrderSearch(raw: Record<string, unknown>): OrderSearch {
  return {
    tab: word(raw.tab, [...TABS, 'adoptable'] as const),
    q: one(raw.q),
    numbers: one(raw.numbers),
    shop_id: many(raw.shop_id),
    channel: many(raw.channel),
    flag: many(raw.flag),
    tag: many(raw.tag),
    hold: many(raw.hold),
    order_type: many(raw.order_type),
    payment_method: many(raw.payment_method),
    time_kind: word(raw.time_kind, TIME_KINDS),
    from_on: day(raw.from_on),
    to_on: day(raw.to_on),
    product: one(raw.product),
    sku: one(raw.sku),
    receiver: one(raw.receiver),
    phone: one(raw.phone),
    address: one(raw.address),
    amount_min: one(raw.amount_min),
    amount_max: one(raw.amount_max),
    unread: flag(raw.unread),
    overdue: flag(raw.overdue),
    due_within_hours: one(raw.due_within_hours),
    sort: word(raw.sort, SORTS),
    cursor: one(raw.cursor),
    drawer: one(raw.drawer),
  }
}

/** The filter object that lists, counters, exports and bulk actions of the API share. */
export type OrderFilter = Record<string, string | string[] | number | number[] | boolean | undefined>

/** What the server filters by, the tab included; pasted numbers go separately. */
export function toFilter(search: OrderSearch): OrderFilter {
  const min = search.amount_min ? parseYuan(search.amount_min) : null
  const max = search.amount_max ? parseYuan(search.amount_max) : null
  const timed = search.from_on || search.to_on
  return {
    tab: search.tab ?? 'all',
    q: search.q,
    shop_id: search.shop_id,
    channel: search.channel,
    flag: search.flag?.map(Number),
    tag: search.tag,
    hold: search.hold,
    order_type: search.order_type,
    payment_method: search.payment_method,
    time_kind: timed ? (search.time_kind ?? 'placed') : undefined,
    from_at: search.from_on ? startOfDay(search.from_on) : undefined,
    to_at: search.to_on ? startOfDay(nextDay(search.to_on)) : undefined,
    product: search.product,
    sku: search.sku,
    receiver: search.receiver,
    phone: search.phone,
    address: search.address,
    amount_min_fen: min ?? undefined,
    amount_max_fen: max ?? undefined,
    unread: search.unread,
    overdue: search.overdue,
    due_within_hours: search.due_within_hours ? Number(search.due_within_hours) : undefined,
  }
}

/** Work that waits for shipping is read by deadline, everything else newest first. */
export function sortOf(search: OrderSearch): Sort {
  if (search.sort) return search.sort
  return search.tab === 'awaiting_shipment' || search.tab === 'partly_shipped' ? 'ship_by_asc' : 'placed_desc'
}

export function numbersOf(search: OrderSearch): string[] {
  return search.numbers ? parseNumbers(search.numbers).numbers : []
}

const FILTER_KEYS = [
  'q',
  'numbers',
  'shop_id',
  'channel',
  'flag',
  'tag',
  'hold',
  'order_type',
  'payment_method',
  'from_on',
  'to_on',
  'product',
  'sku',
  'receiver',
  'phone',
  'address',
  'amount_min',
  'amount_max',
  'unread',
  'overdue',
  'due_within_hours',
] as const
export type FilterKey = (typeof FILTER_KEYS)[number]

export interface Chip {
  key: FilterKey
  /** The value of a list that this chip stands for. */
  value: string
}

/** The filters in force, one chip each, in a fixed order. */
export function chipsOf(search: OrderSearch): Chip[] {
  return FILTER_KEYS.flatMap((key): Chip[] => {
    const value = search[key]
    if (value === undefined || value === '') return []
    if (Array.isArray(value)) return value.map((v) => ({ key, value: v }))
    return [{ key, value: String(value) }]
  })
}

/** The search without one chip. A changed filter starts from the first page again. */
export function withoutChip(search: OrderSearch, chip: Chip): OrderSearch {
  const value = search[chip.key]
  const rest = Array.isArray(value) ? value.filter((v) => v !== chip.value) : []
  return { ...search, [chip.key]: rest.length > 0 ? rest : undefined, cursor: undefined }
}

/** The search with every filter taken out; tab and order stay. */
export function withoutFilters(search: OrderSearch): OrderSearch {
  const out: OrderSearch = { tab: search.tab, sort: search.sort }
  return out
}
