import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Shop } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { useShops } from '@/lib/lookups'
import { useLiveState } from '@/lib/live'
import { spanText } from '@/ui/span'
import { Dot } from '@/ui/Tag'
import css from './shell.module.css'

const HOUR = 3_600_000

/** Shops whose orders are older than their own limit, or that never had any. */
export function staleShops(shops: Shop[], now: number): Shop[] {
  return shops.filter((s) => s.active && s.stale_after_hours > 0 && (!s.data_at || now - Date.parse(s.data_at) > s.stale_after_hours * HOUR))
}

/** How fresh the shops' orders are: one line when all is well, the first late shop by name when not. */
export function DataAge() {
  const { t } = useTranslation()
  const now = useNow()
  const shops = useShops().filter((s) => s.active)
  const live = useLiveState()
  if (shops.length === 0) return null
  const stale = staleShops(shops, now)
  const first = stale[0]
  if (first) {
    const age = first.data_at ? spanText(t, now - Date.parse(first.data_at)) : null
    const text = age ? t('shell.stale_shop', { shop: first.name, age }) : t('shell.no_data_shop', { shop: first.name })
    return (
      <Link to="/import" className={css.ageBad}>
        <Dot tone="red" />
        {stale.length > 1 ? t('shell.stale_more', { text, count: stale.length }) : text}
      </Link>
    )
  }
  const oldest = Math.min(...shops.map((s) => (s.data_at ? Date.parse(s.data_at) : now)))
  const age = now - oldest < 60_000 ? t('common.just_now') : t('common.ago', { span: spanText(t, now - oldest) })
  return (
    <Link to="/settings/shops" className={css.age} title={live === 'broken' ? t('shell.live_broken') : undefined}>
      <Dot tone={live === 'broken' ? 'amber' : 'green'} />
      {t('shell.all_fresh', { count: shops.length, age })}
    </Link>
  )
}
