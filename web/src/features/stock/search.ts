export type StockTab = 'balances' | 'movements' | 'locations' | 'import'

/** What the stock pages show; it lives in the URL. */
export interface StockSearch {
  tab?: StockTab
  q?: string
  warehouse_id?: string
  low?: string
  sku_id?: string
}
