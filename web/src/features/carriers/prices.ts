import type { CarrierPrice } from '@/lib/api/contract'
import { fenToInput, parseYuan } from '@/lib/format'

/** One row of a price table as the form holds it: texts, kilograms and yuan. */
export interface PriceDraft {
  province: string
  city: string
  district: string
  first_kg: string
  first_yuan: string
  step_kg: string
  step_yuan: string
  divisor: string
  /** What the form does not show and keeps: the service and the warehouse the price is for. */
  product: string
  warehouse_id: string
}

export const PRICE_COLUMNS = ['province', 'city', 'district', 'first_kg', 'first_yuan', 'step_kg', 'step_yuan', 'divisor'] as const
export type PriceColumn = (typeof PRICE_COLUMNS)[number]

export const NEW_PRICE: PriceDraft = { province: '', city: '', district: '', first_kg: '1', first_yuan: '', step_kg: '1', step_yuan: '', divisor: '', product: '', warehouse_id: '0' }

/** 1500 → "1.5". */
export function gramToKg(gram: number): string {
  const whole = Math.trunc(gram / 1000)
  const rest = String(gram % 1000).padStart(3, '0').replace(/0+$/, '')
  return rest === '' ? String(whole) : `${whole}.${rest}`
}

/** "1.5" → 1500; null when it is no weight of whole grams. */
export function kgToGram(text: string): number | null {
  const match = /^\s*(\d{1,5})(?:\.(\d{1,3}))?\s*$/.exec(text)
  if (!match) return null
  return Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0') || 0)
}

export function priceDraft(p: CarrierPrice): PriceDraft {
  return {
    province: p.province ?? '',
    city: p.city ?? '',
    district: p.district ?? '',
    first_kg: gramToKg(p.first_gram),
    first_yuan: fenToInput(p.first_fen),
    step_kg: gramToKg(p.step_gram),
    step_yuan: fenToInput(p.step_fen),
    divisor: p.volume_divisor ? String(p.volume_divisor) : '',
    product: p.product ?? '',
    warehouse_id: p.warehouse_id ?? '0',
  }
}

/** The cells of a row that cannot be used as they are. */
export function badCells(d: PriceDraft): PriceColumn[] {
  const out: PriceColumn[] = []
  if (!d.province.trim() && (d.city.trim() || d.district.trim())) out.push('province')
  for (const key of ['first_kg', 'step_kg'] as const) if (!kgToGram(d[key])) out.push(key)
  for (const key of ['first_yuan', 'step_yuan'] as const) {
    const fen = parseYuan(d[key])
    if (fen === null || fen < 0) out.push(key)
  }
  if (d.divisor.trim() && !/^\d{1,6}$/.test(d.divisor.trim())) out.push('divisor')
  return out
}

/** The row as the server keeps it. The caller has seen to it that no cell is bad. */
export function priceOf(d: PriceDraft): CarrierPrice {
  return {
    province: d.province.trim(),
    city: d.city.trim(),
    district: d.district.trim(),
    first_gram: kgToGram(d.first_kg) ?? 0,
    first_fen: parseYuan(d.first_yuan) ?? 0,
    step_gram: kgToGram(d.step_kg) ?? 0,
    step_fen: parseYuan(d.step_yuan) ?? 0,
    volume_divisor: Number(d.divisor.trim() || 0),
    product: d.product,
    warehouse_id: d.warehouse_id,
  }
}

/**
 * Rows pasted from a sheet: one row a line, cells apart by tabs or commas, in the order
 * of PRICE_COLUMNS. Rows of five cells leave out city and county. A heading is skipped.
 */
export function pastedPrices(text: string): PriceDraft[] {
  const out: PriceDraft[] = []
  for (const line of text.split(/\r?\n/)) {
    const cells = line.split(/\t|,|\uff0c/).map((c) => c.trim())
    if (cells.every((c) => c === '')) continue
    const short = cells.length <= 5
    const at = short ? (['province', 'first_kg', 'first_yuan', 'step_kg', 'step_yuan'] as const) : PRICE_COLUMNS
    const row: PriceDraft = { ...NEW_PRICE, first_kg: '', step_kg: '' }
    at.forEach((key, i) => {
      row[key] = cells[i] ?? ''
    })
    // A line whose every number is words is a heading.
    if (out.length === 0 && [row.first_kg, row.first_yuan, row.step_kg, row.step_yuan].every((c) => !/\d/.test(c))) continue
    // Everywhere is written in many ways.
    if (/^(\*|-|\u5168\u56fd|all|\u5176\u4ed6|\u5176\u4f59)$/iu.test(row.province)) row.province = ''
    out.push(row)
  }
  return out
}
