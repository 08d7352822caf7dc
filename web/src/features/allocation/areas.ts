import type { WarehouseSite } from '@/lib/api/contract'
import { fenToInput, parseYuan } from '@/lib/format'

/** One place of a warehouse as the form holds it: numbers as texts, money in yuan. */
export interface AreaDraft {
  /** Empty for everywhere else. */
  province: string
  /** Empty for the rest of the province. */
  city: string
  served: boolean
  preference: string
  distance_km: string
  first_yuan: string
  next_yuan: string
}

type Area = WarehouseSite['areas'][number]

/** The places as the form shows them: the rest of the country last. */
export function draftOf(areas: readonly Area[]): AreaDraft[] {
  return [...areas.filter((a) => a.province !== ''), ...areas.filter((a) => a.province === '')].map((a) => ({
    province: a.province,
    city: a.city ?? '',
    served: a.served,
    preference: String(a.preference),
    distance_km: a.distance_km === 0 ? '' : String(a.distance_km),
    first_yuan: a.first_fen === 0 ? '' : fenToInput(a.first_fen),
    next_yuan: a.next_fen === 0 ? '' : fenToInput(a.next_fen),
  }))
}

/** The places as the server keeps them; null while a price cannot be read. */
export function areasOf(rows: readonly AreaDraft[]): Area[] | null {
  const out: Area[] = []
  for (const r of rows) {
    const first = r.first_yuan.trim() === '' ? 0 : parseYuan(r.first_yuan)
    const next = r.next_yuan.trim() === '' ? 0 : parseYuan(r.next_yuan)
    if (first === null || next === null || first < 0 || next < 0) return null
    out.push({ province: r.province, city: r.city, served: r.served, preference: Number(r.preference) || 0, distance_km: Number(r.distance_km) || 0, first_fen: first, next_fen: next })
  }
  return out
}

/** The first row whose place stands above it already, from 0; null where every place stands once. */
export function clashes(rows: readonly AreaDraft[]): number | null {
  const seen = new Set<string>()
  for (const [at, r] of rows.entries()) {
    const key = `${r.province}|${r.city}`
    if (seen.has(key)) return at
    seen.add(key)
  }
  return null
}
