import { AppstoreOutlined, AuditOutlined, CarOutlined, DatabaseOutlined, HomeOutlined, ImportOutlined, ProfileOutlined, ScheduleOutlined, SearchOutlined, SettingOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { useKeys } from '@/lib/keyboard'
import { useLive, type LiveMap } from '@/lib/live'
import { MAX_NUMBERS, parseNumbers } from '@/lib/numbers'
import { Shell, type NavItem } from '@/ui/Shell'
import { ChannelFacesProvider } from '@/ui/Tag'
import type { PaletteCommand } from '@/ui/Palette'
import { DataAge } from './DataAge'
import { LanguageSwitch } from './LanguageSwitch'
import { UserMenu } from './UserMenu'
import css from './shell.module.css'

const Palette = lazy(() => import('@/ui/Palette'))
const Shortcuts = lazy(() => import('./Shortcuts'))

// The list of orders itself is left alone: its rows must not move under the pointer.
const LIVE: LiveMap = {
  orders: [['orders', 'counts'], ['orders', 'one'], ['orders', 'events'], ['orders', 'explain'], ['home']],
  jobs: [['jobs']],
  stock: [['stock']],
  shops: [['shops'], ['home']],
  imports: [['imports']],
}

/** The frame below login: navigation, palette, age of data, live updates. */
export function Layout() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  useLive(LIVE)
  const counts = useQuery({
    queryKey: ['orders', 'counts', {}],
    queryFn: ({ signal }) => api.get('/orders/counts', { signal }),
  }).data?.counts
  const waiting = (tab: string) => (counts ? (counts[tab]?.n ?? 0) : null)

  const items: NavItem[] = [
    { to: '/', label: t('shell.nav.home'), icon: <HomeOutlined /> },
    { to: '/orders', label: t('shell.nav.orders'), icon: <ProfileOutlined /> },
    { to: '/import', label: t('shell.nav.import'), icon: <ImportOutlined /> },
    { to: '/review', label: t('shell.nav.review'), icon: <AuditOutlined />, count: waiting('awaiting_approval') },
    { to: '/ship', label: t('shell.nav.ship'), icon: <CarOutlined />, count: waiting('awaiting_shipment') },
    { to: '/catalog', label: t('shell.nav.catalog'), icon: <AppstoreOutlined /> },
    { to: '/stock', label: t('shell.nav.stock'), icon: <DatabaseOutlined /> },
    { to: '/jobs', label: t('shell.nav.jobs'), icon: <ScheduleOutlined /> },
    { to: '/settings', label: t('shell.nav.settings'), icon: <SettingOutlined /> },
  ]
  const go = (to: string) => () => void navigate({ to })
  useKeys([
    { keys: 'Ctrl+k', run: () => setPalette(true), inFields: true },
    { keys: '?', run: () => setHelp(true) },
    { keys: 'g h', run: go('/') },
    { keys: 'g o', run: go('/orders') },
    { keys: 'g i', run: go('/import') },
    { keys: 'g r', run: go('/review') },
    { keys: 'g s', run: go('/ship') },
  ])
  const commands = useMemo<PaletteCommand[]>(() => {
    const hints: Record<string, string> = { '/': 'g h', '/orders': 'g o', '/import': 'g i', '/review': 'g r', '/ship': 'g s' }
    const to = (path: string) => () => void navigate({ to: path })
    return [
      ...['/', '/orders', '/import', '/review', '/ship', '/catalog', '/stock', '/jobs'].map((path) => ({
        key: path,
        label: t(`shell.nav.${path === '/' ? 'home' : path.slice(1)}`),
        keywords: [path],
        hint: hints[path],
        run: to(path),
      })),
      ...['shops', 'users', 'roles', 'warehouses', 'api-keys', 'audit', 'system'].map((page) => ({
        key: page,
        label: `${t('shell.nav.settings')} \u203a ${t(`shell.settings.${page}`)}`,
        keywords: [page],
        run: to(`/settings/${page}`),
      })),
      { key: 'help', label: t('shell.shortcuts'), hint: '?', run: () => setHelp(true) },
    ]
  }, [navigate, t])

  // A pasted column of numbers is looked up as numbers, anything else as free text.
  const searchOrders = (text: string) => {
    const { numbers } = parseNumbers(text)
    const search = numbers.length > 1 ? { numbers: numbers.slice(0, MAX_NUMBERS).join(' ') } : { q: text.trim() }
    void navigate({ to: '/orders', search })
  }
  return (
    <ChannelFacesProvider>
      <Shell
        items={items}
        search={
          <button type="button" className={css.search} onClick={() => setPalette(true)}>
            <SearchOutlined aria-hidden />
            <span>{t('shell.search_placeholder')}</span>
            <kbd>Ctrl K</kbd>
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
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
      </Shell>
      <Suspense fallback={null}>
        {palette ? <Palette commands={commands} onSearch={searchOrders} onClose={() => setPalette(false)} /> : null}
        {help ? <Shortcuts onClose={() => setHelp(false)} /> : null}
      </Suspense>
    </ChannelFacesProvider>
  )
}
