import type { Job } from '@/lib/api/contract'

/** Where to look at what a job did. */
export type Target = { to: '/orders' | '/import' | '/ship' | '/catalog' | '/stock' | '/'; search?: Record<string, string>; text: 'orders' | 'import' | 'ship' | 'catalog' | 'stock' | 'home' }

const TARGETS: Record<string, Target> = {
  'channel.import_file': { to: '/orders', text: 'orders' },
  'fulfillment.ship_file': { to: '/ship', search: { tab: 'templates' }, text: 'ship' },
  'fulfillment.allocate': { to: '/orders', text: 'orders' },
  'order.bulk': { to: '/orders', text: 'orders' },
  'catalog.import_file': { to: '/catalog', search: { tab: 'skus' }, text: 'catalog' },
  'inventory.import_file': { to: '/stock', search: { tab: 'balances' }, text: 'stock' },
  'app.fill_demo': { to: '/', text: 'home' },
}

/** The page that shows the result of a job of this kind, once it did something; a file to download is a link of its own. */
export function targetOf(job: Pick<Job, 'kind' | 'state' | 'ok_count'>): Target | undefined {
  return job.state === 'succeeded' || job.ok_count > 0 ? TARGETS[job.kind] : undefined
}

/** Numbers of a result that people are told, in this order. */
const FIGURES = ['created', 'updated', 'unchanged', 'stale', 'rejected', 'warnings', 'shipped', 'suspicious', 'failed', 'rows'] as const
export type Figure = (typeof FIGURES)[number]

/** What a job counted, without zeros. */
export function figuresOf(job: Pick<Job, 'result'>): [Figure, number][] {
  const result: unknown = job.result
  if (typeof result !== 'object' || result === null) return []
  const counted = result as Record<string, unknown>
  return FIGURES.flatMap((name): [Figure, number][] => {
    const n = counted[name]
    return typeof n === 'number' && n > 0 ? [[name, n]] : []
  })
}
