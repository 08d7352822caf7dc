import { useState } from 'react'
import type { Count } from '@/lib/api/contract'

/** The counter may be this much older than the list and still belong to it, in milliseconds. */
const TOGETHER_MS = 1500

export interface Base {
  /** When the list on screen was read. */
  listAt: number
  /** What the counter said then; null while nothing that young has been counted. */
  n: number | null
}

/**
 * The counter that belongs to the list on screen: the first one that is not
 * older than the list. A counter that comes late may hold new orders already;
 * then fewer are told than came, never more.
 */
export function nextBase(base: Base | null, listAt: number, count: Count | undefined, countAt: number): Base | null {
  if (listAt === 0 || (base?.listAt === listAt && base.n !== null)) return base
  const n = count?.known && count.exact && countAt >= listAt - TOGETHER_MS ? count.n : null
  return base?.listAt === listAt && n === null ? base : { listAt, n }
}

/** How many orders came into this view since it was read; 0 when none, or when no one can tell. */
export function addedSince(base: Base | null, count: Count | undefined): number {
  if (base?.n == null || !count?.known || !count.exact) return 0
  return Math.max(0, count.n - base.n)
}

/** How many orders came into the view since its list was read, by the counter of the same filter. */
export function useAdded(listAt: number, count: Count | undefined, countAt: number): number {
  const [base, setBase] = useState<Base | null>(null)
  const next = nextBase(base, listAt, count, countAt)
  if (next !== base) setBase(next)
  return addedSince(next, count)
}
