import { AppstoreOutlined, AuditOutlined, CarOutlined, CustomerServiceOutlined, DatabaseOutlined, HomeOutlined, HourglassOutlined, ImportOutlined, InboxOutlined, MergeOutlined, PrinterOutlined, ProfileOutlined, RollbackOutlined, ScheduleOutlined, ScanOutlined, SearchOutlined, SettingOutlined, StopOutlined, SwapOutlined, SyncOutlined, TeamOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SETTINGS_PAGES, useMayOpen } from '@/lib/access'
import { api } from '@/lib/api/client'
import { useKeys } from '@/lib/keyboard'
import { KEY, keyText } from '@/lib/keymap'
import { useLive, type LiveMap } from '@/lib/live'
import { hitsCountQuery, syncQuery, waitingCountQuery } from '@/lib/lookups'
import { MAX_NUMBERS, parseNumbers } from '@/lib/numbers'
import { Shell, type NavItem } from '@/ui/Shell'
import { ChannelFacesProvider } from '@/ui/Tag'
import type { PaletteCommand } from '@/ui/Palette'
import { DataAge } from './DataAge'
import { LanguageSwitch } from './LanguageSwitch'
import { Refused } from './Refused'
import { UserMenu } from './UserMenu'
import css from './shell.module.css'

const Palette = lazy(() => import('@/ui/Palette'))
const Shortcuts = lazy(() => import('./Shortcuts'))

// The list of orders itself is left alone: its rows must not move under the pointer.
export const LIVE: LiveMap = {
  orders: [['orders', 'counts'], ['orders', 'one'], ['orders', 'events'], ['orders', 'explain'], ['orders', 'fulfillment'], ['dropship'], ['merge'], ['home'], ['effects'], ['sync', 'backlogs']],
  jobs: [['jobs'], ['imports', 'list']],
  print: [['print']],
  stock: [['stock']],
  catalog: [['skus'], ['products'], ['listings']],
  shops: [['shops'], ['home'], ['effects'], ['sync', 'backlogs']],
  waves: [['waves']],
  handovers: [['handovers']],
  carriers: [['carrier-suspensions'], ['carrier-accounts'], ['print', 'choice']],
  waybills: [['waybills'], ['waybill-uses']],
  aftersales: [['aftersales'], ['hits']],
  sync: [['sync'], ['imports', 'quarantine']],
}

/** The frame below login: navigation, palette, age of data, live updates. */
export function Layout() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const mayOpen = useMayOpen()
  const refused = !mayOpen(useLocation({ select: ({ pathname, search }) => ('tab' in search ? `${pathname}?tab=${search.tab}` : pathname) }))
  useLive(LIVE)
  const counts = useQuery({
    queryKey: ['orders', 'counts', {}],
    queryFn: ({ signal }) => api.get('/orders/counts', { signal }),
    enabled: mayOpen('/orders'),
  }).data?.counts
  const synced = useQuery({ ...syncQuery, enabled: mayOpen('/sync') }).data
  const broken = synced?.filter((s) => !s.healthy).length
  const short = useQuery({ ...waitingCountQuery, enabled: mayOpen('/waiting') }).data
  const hits = useQuery({ ...hitsCountQuery, enabled: mayOpen('/hits') }).data
  const waiting = (tab: string) => (counts ? (counts[tab]?.n ?? 0) : null)

  const all: NavItem[] = [
    { to: '/', label: t('shell.nav.home'), icon: <HomeOutlined /> },
    { to: '/orders', label: t('shell.nav.orders'), icon: <ProfileOutlined /> },
    { to: '/import', label: t('shell.nav.import'), icon: <ImportOutlined /> },
    { to: '/review', label: t('shell.nav.review'), icon: <AuditOutlined />, count: waiting('awaiting_approval') },
    { to: '/print', label: t('shell.nav.print'), icon: <PrinterOutlined /> },
    { to: '/ship', label: t('shell.nav.ship'), icon: <CarOutlined />, count: waiting('awaiting_shipment') },
    { to: '/merge', label: t('shell.nav.merge'), icon: <MergeOutlined /> },
    { to: '/waiting', label: t('shell.nav.waiting'), icon: <HourglassOutlined />, count: short ? short.orders : null, urgent: Boolean(short?.overdue) },
    { to: '/waves', label: t('shell.nav.waves'), icon: <InboxOutlined /> },
    { to: '/verify', label: t('shell.nav.verify'), icon: <ScanOutlined /> },
    { to: '/hits', label: t('shell.nav.hits'), icon: <StopOutlined />, count: hits ?? null, urgent: Boolean(hits) },
    { to: '/handover', label: t('shell.nav.handover'), icon: <SwapOutlined /> },
    { to: '/dropship', label: t('shell.nav.dropship'), icon: <TeamOutlined /> },
    { to: '/aftersales', label: t('shell.nav.aftersales'), icon: <CustomerServiceOutlined /> },
    { to: '/returns', label: t('shell.nav.returns'), icon: <RollbackOutlined /> },
    { to: '/catalog', label: t('shell.nav.catalog'), icon: <AppstoreOutlined /> },
    { to: '/stock', label: t('shell.nav.stock'), icon: <DatabaseOutlined /> },
    { to: '/sync', label: t('shell.nav.sync'), icon: <SyncOutlined />, count: synced?.length ? broken : undefined, urgent: Boolean(broken) },
    { to: '/jobs', label: t('shell.nav.jobs'), icon: <ScheduleOutlined /> },
    { to: '/settings', label: t('shell.nav.settings'), icon: <SettingOutlined /> },
  ]
  const go = (to: string) => () => void (mayOpen(to) && navigate({ to }))
  useKeys([
    { keys: KEY.palette, run: () => setPalette(true), inFields: true },
    { keys: KEY.help, run: () => setHelp(true) },
    { keys: KEY.go_home, run: go('/') },
    { keys: KEY.go_orders, run: go('/orders') },
    { keys: KEY.go_import, run: go('/import') },
    { keys: KEY.go_review, run: go('/review') },
    { keys: KEY.go_print, run: go('/print') },
    { keys: KEY.go_ship, run: go('/ship') },
    { keys: KEY.go_sync, run: go('/sync') },
  ])
  const commands = useMemo<PaletteCommand[]>(() => {
    const hints: Record<string, string> = { '/': KEY.go_home, '/orders': KEY.go_orders, '/import': KEY.go_import, '/review': KEY.go_review, '/print': KEY.go_print, '/ship': KEY.go_ship, '/sync': KEY.go_sync }
    const to = (path: string) => () => void navigate({ to: path })
    return [
      ...['/', '/orders', '/import', '/review', '/print', '/ship', '/merge', '/waiting', '/waves', '/pick', '/verify', '/weigh', '/hits', '/handover', '/dropship', '/aftersales', '/returns', '/catalog', '/stock', '/sync', '/jobs'].filter(mayOpen).map((path) => ({
        key: path,
        label: t(`shell.nav.${path === '/' ? 'home' : path.slice(1)}`),
        keywords: [path],
        hint: hints[path],
        run: to(path),
      })),
      ...SETTINGS_PAGES.filter(mayOpen).map((path) => {
        const page = path.slice('/settings/'.length)
        return {
          key: path,
          label: `${t('shell.nav.settings')} \u203a ${page === 'account' ? t('shell.account') : t(`shell.settings.${page}`)}`,
          keywords: [page],
          run: to(path),
        }
      }),
      { key: 'help', label: t('shell.shortcuts'), hint: keyText(KEY.help), run: () => setHelp(true) },
    ]
  }, [mayOpen, navigate, t])

  // A pasted column of numbers is looked up as numbers, anything else as free text.
  const searchOrders = (text: string) => {
    const { numbers } = parseNumbers(text)
    const search = numbers.length > 1 ? { numbers: numbers.slice(0, MAX_NUMBERS).join(' ') } : { q: text.trim() }
    void navigate({ to: '/orders', search })
  }
  return (
    <ChannelFacesProvider>
      <Shell
        items={all.filter((item) => mayOpen(item.to))}
        search={
          <button type="button" className={css.search} onClick={() => setPalette(true)}>
            <SearchOutlined aria-hidden />
            <span>{t('shell.search_placeholder')}</span>
            <kbd>{keyText(KEY.palette)}</kbd>
          </button>
        }
        tools={
          <>
            <DataAge />
            <LanguageSwitch />
            <UserMenu />
          </>
        }
      >
        {refused ? (
          <Refused />
        ) : (
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        )}
      </Shell>
      <Suspense fallback={null}>
        {palette ? <Palette commands={commands} onSearch={searchOrders} onClose={() => setPalette(false)} /> : null}
        {help ? <Shortcuts onClose={() => setHelp(false)} /> : null}
      </Suspense>
    </ChannelFacesProvider>
  )
}
