import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
import type { Shop, Sync } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { syncQuery, useShops } from '@/lib/lookups'
import { useLiveState } from '@/lib/live'
import { spanText } from '@/ui/span'
import { Dot } from '@/ui/Tag'
import css from './shell.module.css'

const HOUR = 3_600_000
const NONE: Sync[] = []

/** Shops read by file whose orders are older than their own limit, or that never had any. */
export function staleShops(shops: Shop[], now: number): Shop[] {
  return shops.filter((s) => s.active && s.mode === 'file' && s.stale_after_hours > 0 && (!s.data_at || now - Date.parse(s.data_at) > s.stale_after_hours * HOUR))
}

/** When the data of each shop was last known to be whole, the oldest of them; now where none tells. */
export function oldestData(shops: Shop[], synced: Sync[], now: number): number {
  const read = new Map(synced.map((s) => [s.shop_id, s.streams.find((x) => x.stream === 'orders')?.watermark_at]))
  return Math.min(now, ...shops.map((s) => (s.mode === 'api' ? read.get(s.id) : s.data_at)).map((at) => (at ? Date.parse(at) : now)))
}

/** How fresh the shops' orders are: one line when all is well, the first broken or late shop by name when not. */
export function DataAge() {
  const { t } = useTranslation()
  const now = useNow()
  const mayOpen = useMayOpen()
  const shops = useShops().filter((s) => s.active)
  const synced = useQuery({ ...syncQuery, enabled: mayOpen('/sync') }).data ?? NONE
  const live = useLiveState()
  if (shops.length === 0) return null
  const more = (text: string, count: number) => (count > 1 ? t('shell.stale_more', { text, count }) : text)
  const bad = (text: string): ReactNode => (
    <>
      <Dot tone="red" />
      {text}
    </>
  )
  const broken = synced.filter((s) => !s.healthy)
  const stale = staleShops(shops, now)
  if (broken[0]) {
    return (
      <Link to="/sync/$id" params={{ id: broken[0].shop_id }} className={css.ageBad}>
        {bad(more(t('shell.broken_shop', { shop: broken[0].shop_name }), broken.length + stale.length))}
      </Link>
    )
  }
  const first = stale[0]
  if (first) {
    const age = first.data_at ? spanText(t, now - Date.parse(first.data_at)) : null
    return (
      <Link to="/import" className={css.ageBad}>
        {bad(more(age ? t('shell.stale_shop', { shop: first.name, age }) : t('shell.no_data_shop', { shop: first.name }), stale.length))}
      </Link>
    )
  }
  const since = now - oldestData(shops, synced, now)
  const age = since < 60_000 ? t('common.just_now') : t('common.ago', { span: spanText(t, since) })
  const text = t('shell.all_fresh', { count: shops.length, age })
  const title = live === 'broken' ? t('shell.live_broken') : undefined
  const inside = (
    <>
      <Dot tone={live === 'broken' ? 'amber' : 'green'} />
      {text}
    </>
  )
  return synced.length > 0 ? (
    <Link to="/sync" className={css.age} title={title}>
      {inside}
    </Link>
  ) : (
    <Link to="/settings/shops" className={css.age} title={title}>
      {inside}
    </Link>
  )
}
