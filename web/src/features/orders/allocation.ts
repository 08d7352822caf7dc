import type { AllocateAnswer } from '@/lib/api/contract'

/** How many orders each warehouse would get a parcel of, the most first, and how many orders would be split. */
export function sharesOf(answer: Pick<AllocateAnswer, 'plans'>): { shares: { warehouse: string; orders: number }[]; split: number } {
  const count = new Map<string, number>()
  let split = 0
  for (const plan of answer.plans) {
    if (plan.shares.length > 1) split++
    for (const share of plan.shares) count.set(share.warehouse_id, (count.get(share.warehouse_id) ?? 0) + 1)
  }
  const shares = [...count].map(([warehouse, orders]) => ({ warehouse, orders })).sort((a, b) => b.orders - a.orders)
  return { shares, split }
}

/** Why orders would be left, the most frequent reason first. */
export function reasonsOf(answer: Pick<AllocateAnswer, 'failed'>): { message: string; n: number }[] {
  const count = new Map<string, number>()
  for (const f of answer.failed) count.set(f.message, (count.get(f.message) ?? 0) + 1)
  return [...count].map(([message, n]) => ({ message, n })).sort((a, b) => b.n - a.n)
}
