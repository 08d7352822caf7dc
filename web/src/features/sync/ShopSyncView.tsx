import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { channelsQuery, shopsQuery, syncQuery } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { Page } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { ConnectTab } from './ConnectTab'
import { Cases } from './Cases'
import { Checks } from './Checks'
import { Effects } from './Effects'
import { Health } from './Health'
import { backlogsQuery } from './queries'
import { Quarantine } from './Quarantine'
import { Reviews } from './Reviews'
import { SHOP_TABS, type ShopSyncSearch, type ShopTab } from './search'
import { StockPush } from './StockPush'

interface ShopSyncViewProps {
  id: string
  search: ShopSyncSearch
  onSearch: (next: ShopSyncSearch) => void
}

/** One shop's connection to its channel, whole. A shop that has none yet shows how to get one. */
export function ShopSyncView({ id, search, onSearch }: ShopSyncViewProps) {
  const { t } = useTranslation()
  const can = useCan()
  const shops = useQuery(shopsQuery)
  const channels = useQuery(channelsQuery)
  const synced = useQuery(syncQuery)
  const backlog = useQuery(backlogsQuery).data?.find((b) => b.shop_id === id)
  const shop = shops.data?.find((s) => s.id === id)
  const sync = synced.data?.find((s) => s.shop_id === id)
  const channel = channels.data?.find((c) => c.code === shop?.channel)
  if (!shop || !channel || !synced.data) {
    return (
      <Page title={t('sync.title')}>
        <QueryState query={synced}>{() => null}</QueryState>
        <QueryState query={channels}>{() => null}</QueryState>
        <QueryState query={shops}>
          {() =>
            shop ? null : (
              <Empty title={t('sync.no_shop')}>
                <Link to="/sync">{t('sync.title')}</Link>
              </Empty>
            )
          }
        </QueryState>
      </Page>
    )
  }
  const counts: Partial<Record<ShopTab, number>> = {
    checks: sync?.open_gaps,
    quarantine: sync?.quarantined,
    effects: backlog ? backlog.refused + backlog.uncertain : undefined,
    stock: backlog?.stale_listings,
  }
  const offered = SHOP_TABS.filter((key) => {
    if (key === 'access') return can('channel.edit') || can('channel.read')
    if (!sync) return false
    if (key === 'quarantine') return can('intake.read')
    if (key === 'cases') return channel.capabilities.includes('aftersales')
    if (key === 'reviews') return can('review.reply') && channel.capabilities.includes('reviews')
    if (key === 'stock') return channel.capabilities.includes('push_stock')
    return true
  })
  const first = offered[0] ?? 'access'
  const tab = search.tab && offered.includes(search.tab) ? search.tab : first
  return (
    <>
      <Tabs
        label={t('sync.of_shop', { shop: shop.name })}
        value={tab}
        onChange={(next) => onSearch({ tab: next === first ? undefined : next })}
        items={offered.map((key) => ({ key, label: t(`sync.tab.${key}`), count: counts[key] || undefined }))}
        extra={<Link to="/sync">{t('sync.all_shops')}</Link>}
      />
      {tab === 'health' && sync ? <Health sync={sync} backlog={backlog} /> : null}
      {tab === 'checks' && sync ? <Checks sync={sync} compares={channel.api?.compares ?? false} week={search.week} onWeek={(week) => onSearch({ tab: 'checks', week })} /> : null}
      {tab === 'quarantine' ? <Quarantine shopId={id} /> : null}
      {tab === 'cases' ? <Cases shopId={id} decides={channel.capabilities.includes('decide_aftersales')} /> : null}
      {tab === 'reviews' ? <Reviews shopId={id} /> : null}
      {tab === 'effects' ? <Effects shopId={id} state={search.state} onState={(state) => onSearch({ tab: 'effects', state })} /> : null}
      {tab === 'stock' ? <StockPush shop={shop} /> : null}
      {tab === 'access' ? <ConnectTab shop={shop} channel={channel} /> : null}
    </>
  )
}
