export const SYNC_TABS = ['shops', 'effects'] as const
export const SHOP_TABS = ['health', 'checks', 'quarantine', 'cases', 'reviews', 'effects', 'stock', 'access'] as const
export const EFFECT_STATES = ['waiting', 'refused', 'uncertain', 'done', 'dropped'] as const

export type EffectState = (typeof EFFECT_STATES)[number]
export type ShopTab = (typeof SHOP_TABS)[number]

/** What the pages of synchronisation show; it lives in the URL. */
export interface SyncSearch {
  tab?: (typeof SYNC_TABS)[number]
  state?: EffectState
}

export interface ShopSyncSearch {
  tab?: ShopTab
  state?: EffectState
  /** The last day of the calendar, yyyy-mm-dd; today when absent. */
  week?: string
}
