import { many, one, word, flag } from '@/lib/search'

export const WAVE_TABS = ['live', 'all', 'make'] as const
export const CONTENTS = ['any', 'single', 'same', 'multi'] as const
export type Content = (typeof CONTENTS)[number]

/** What the wave pages show; it lives in the URL. */
export interface WavesSearch {
  tab?: (typeof WAVE_TABS)[number]
  /** A wave's code, as printed. */
  code?: string
  warehouse_id?: string
  content?: Content
  carrier?: string
  province?: string[]
  shop_id?: string[]
  urgent?: true
  /** Only what is promised for today, or until tomorrow. */
  due?: 'today' | 'tomorrow'
  mode?: 'while_picking' | 'after'
  zone?: string
  /** Only what a courier collects until then: the time of day. */
  cut?: string
  /** At most so many fulfillment orders, pieces; stacks from so many on. */
  orders?: string
  pieces?: string
  stack?: string
}

export function readWavesSearch(raw: Record<string, unknown>): WavesSearch {
  return {
    tab: word(raw.tab, WAVE_TABS),
    code: one(raw.code),
    warehouse_id: one(raw.warehouse_id),
    content: word(raw.content, CONTENTS),
    carrier: one(raw.carrier),
    province: many(raw.province),
    shop_id: many(raw.shop_id),
    urgent: flag(raw.urgent),
    due: word(raw.due, ['today', 'tomorrow'] as const),
    mode: word(raw.mode, ['while_picking', 'after'] as const),
    zone: one(raw.zone),
    cut: one(raw.cut),
    orders: one(raw.orders),
    pieces: one(raw.pieces),
    stack: one(raw.stack),
  }
}

export const SHEET_TABS = ['list', 'baskets', 'people'] as const

export interface WaveSearch {
  tab?: (typeof SHEET_TABS)[number]
}

/** A whole number of the URL or a field, 0 for anything else. */
export function whole(text: string | undefined): number {
  return text && /^\d{1,6}$/.test(text) ? Number(text) : 0
}

/** A choice as a saved rule keeps it: what narrows, without the page around it. */
export function ruleOf(search: WavesSearch): WavesSearch {
  return { ...search, tab: undefined, code: undefined }
}
