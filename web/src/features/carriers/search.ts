import { one, word } from '@/lib/search'

export const CARRIER_TABS = ['accounts', 'prices', 'rules', 'suspensions', 'waybills', 'uses'] as const
export type CarrierTab = (typeof CARRIER_TABS)[number]

export const WAYBILL_STATES = ['wanted', 'asking', 'uncertain', 'issued', 'failed', 'cancelling', 'cancelled'] as const
export type WaybillState = (typeof WAYBILL_STATES)[number]

export interface CarrierSearch {
  tab?: CarrierTab
  account?: string
  state?: WaybillState
  /** A waybill number. */
  no?: string
  from?: string
  to?: string
}

/** Reads the page's part of the URL; what it does not know falls back to everything. */
export function readCarrierSearch(raw: Record<string, unknown>): CarrierSearch {
  return { tab: word(raw.tab, CARRIER_TABS), account: one(raw.account), state: word(raw.state, WAYBILL_STATES), no: one(raw.no), from: one(raw.from), to: one(raw.to) }
}
