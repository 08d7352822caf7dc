import type { ComponentType } from 'react'
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { Layout } from '@/features/shell/Layout'
import { WholeScreen } from '@/features/shell/WholeScreen'
import { MERGE_TABS, type MergeSearch } from '@/features/fulfill/search'
import { readAftersalesSearch, readReturnsSearch } from '@/features/aftersales/search'
import { readReviewSearch } from '@/features/orders/reviewSearch'
import { readOrderSearch } from '@/features/orders/search'
import { readAllocationSearch, type AllocationSearch } from '@/features/allocation/search'
import { readCarrierSearch, type CarrierSearch } from '@/features/carriers/search'
import { readPrintSearch } from '@/features/print/search'
import { readHandoverSearch } from '@/features/handover/search'
import { EFFECT_STATES, SHOP_TABS, SYNC_TABS, type ShopSyncSearch, type SyncSearch } from '@/features/sync/search'
import { readDropshipSearch } from '@/features/suppliers/search'
import { readWaitingSearch } from '@/features/waiting/search'
import { readWavesSearch, SHEET_TABS, type WaveSearch } from '@/features/waves/search'
import { loadTexts } from '@/lib/i18n'
import { mayOpen, SETTINGS_PAGES } from '@/lib/access'
import { ApiError } from '@/lib/api/errors'
import { one, parseSearch, stringifySearch, word } from '@/lib/search'
import { meQuery, systemQuery } from '@/lib/session'
import { NotFound, PageError } from './fallbacks'

interface Context {
  queries: QueryClient
}

/** A page beyond the first: its code and its texts arrive together. */
function page(load: () => Promise<{ default: ComponentType }>) {
  return lazyRouteComponent(() => Promise.all([load(), loadTexts()]).then(([module]) => module))
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (raw: Record<string, unknown>): { next?: string } => ({ next: one(raw.next) }),
  beforeLoad: async ({ context }) => {
    const system = await context.queries.ensureQueryData(systemQuery)
    if (system.setup_needed) throw redirect({ to: '/setup' })
  },
  component: lazyRouteComponent(() => import('@/pages/login')),
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (raw: Record<string, unknown>): { token?: string } => ({ token: one(raw.token) }),
  beforeLoad: async ({ context }) => {
    const system = await context.queries.fetchQuery(systemQuery)
    if (!system.setup_needed) throw redirect({ to: '/login' })
  },
  component: lazyRouteComponent(() => import('@/pages/setup')),
})

const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  validateSearch: (raw: Record<string, unknown>): { next?: string } => ({ next: one(raw.next) }),
  beforeLoad: async ({ context }) => {
    let due: boolean
    try {
      due = (await context.queries.ensureQueryData(meQuery)).must_change_password
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: '/login' })
      throw error
    }
    if (!due) throw redirect({ to: '/' })
  },
  component: lazyRouteComponent(() => import('@/pages/password')),
  errorComponent: PageError,
})

/** Lets those in who are signed in and have a password of their own. */
async function signedIn({ context, location }: { context: Context; location: { href: string } }): Promise<void> {
  let due = false
  try {
    due = (await context.queries.ensureQueryData(meQuery)).must_change_password
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      const system = await context.queries.fetchQuery(systemQuery)
      if (system.setup_needed) throw redirect({ to: '/setup' })
      throw redirect({ to: '/login', search: { next: location.href === '/' ? undefined : location.href } })
    }
    throw error
  }
  // The server refuses everything else until the first password is replaced.
  if (due) throw redirect({ to: '/password', search: { next: location.href === '/' ? undefined : location.href } })
}

const shell = createRoute({ getParentRoute: () => root, id: '_shell', beforeLoad: signedIn, component: Layout, errorComponent: PageError })

// Pages that take the whole screen: benches and hand-helds.
const whole = createRoute({ getParentRoute: () => root, id: '_whole', beforeLoad: signedIn, component: WholeScreen, errorComponent: PageError })

const home = createRoute({ getParentRoute: () => shell, path: '/', component: page(() => import('@/pages/home')) })

const orders = createRoute({
  getParentRoute: () => shell,
  path: '/orders',
  validateSearch: readOrderSearch,
  component: lazyRouteComponent(() => import('@/pages/orders')),
})

const order = createRoute({ getParentRoute: () => shell, path: '/orders/$id', component: lazyRouteComponent(() => import('@/pages/order')) })

const importing = createRoute({
  getParentRoute: () => shell,
  path: '/import',
  validateSearch: (raw: Record<string, unknown>): { id?: string } => ({ id: one(raw.id) }),
  component: page(() => import('@/pages/import')),
})

const ship = createRoute({
  getParentRoute: () => shell,
  path: '/ship',
  validateSearch: (raw: Record<string, unknown>): { tab?: 'file' | 'templates' } => ({ tab: word(raw.tab, ['file', 'templates'] as const) }),
  component: page(() => import('@/pages/ship')),
})

const review = createRoute({
  getParentRoute: () => shell,
  path: '/review',
  validateSearch: readReviewSearch,
  component: lazyRouteComponent(() => import('@/pages/review')),
})

const catalog = createRoute({
  getParentRoute: () => shell,
  path: '/catalog',
  validateSearch: (raw: Record<string, unknown>): { tab?: 'listings' | 'products' | 'skus' | 'import'; q?: string; product_id?: string } => ({
    tab: word(raw.tab, ['listings', 'products', 'skus', 'import'] as const),
    q: one(raw.q),
    product_id: one(raw.product_id),
  }),
  component: page(() => import('@/pages/catalog')),
})

const stock = createRoute({
  getParentRoute: () => shell,
  path: '/stock',
  validateSearch: (raw: Record<string, unknown>): { tab?: 'balances' | 'movements' | 'locations' | 'import'; q?: string; warehouse_id?: string; low?: string; sku_id?: string } => ({
    tab: word(raw.tab, ['balances', 'movements', 'locations', 'import'] as const),
    q: one(raw.q),
    warehouse_id: one(raw.warehouse_id),
    low: one(raw.low),
    sku_id: one(raw.sku_id),
  }),
  component: page(() => import('@/pages/stock')),
})

const merge = createRoute({
  getParentRoute: () => shell,
  path: '/merge',
  validateSearch: (raw: Record<string, unknown>): MergeSearch => ({ tab: word(raw.tab, MERGE_TABS) }),
  component: page(() => import('@/pages/merge')),
})

const waiting = createRoute({ getParentRoute: () => shell, path: '/waiting', validateSearch: readWaitingSearch, component: page(() => import('@/pages/waiting')) })

const dropship = createRoute({ getParentRoute: () => shell, path: '/dropship', validateSearch: readDropshipSearch, component: page(() => import('@/pages/dropship')) })

// A supplier's door: no session, no shell, a token of its own.
const supplierDesk = createRoute({ getParentRoute: () => root, path: '/supplier', component: page(() => import('@/pages/supplier')), errorComponent: PageError })

const waves = createRoute({
  getParentRoute: () => shell,
  path: '/waves',
  validateSearch: readWavesSearch,
  component: page(() => import('@/pages/waves')),
})

const wave = createRoute({
  getParentRoute: () => shell,
  path: '/waves/$id',
  validateSearch: (raw: Record<string, unknown>): WaveSearch => ({ tab: word(raw.tab, SHEET_TABS) }),
  component: page(() => import('@/pages/wave')),
})

const pick = createRoute({ getParentRoute: () => whole, path: '/pick', component: page(() => import('@/pages/pick')) })

const pickWave = createRoute({ getParentRoute: () => whole, path: '/pick/$id', component: page(() => import('@/pages/pick-wave')) })

const print = createRoute({
  getParentRoute: () => shell,
  path: '/print',
  validateSearch: readPrintSearch,
  component: page(() => import('@/pages/print')),
})

const verify = createRoute({ getParentRoute: () => whole, path: '/verify', component: page(() => import('@/pages/verify')) })

const weigh = createRoute({ getParentRoute: () => whole, path: '/weigh', component: page(() => import('@/pages/weigh')) })

const handover = createRoute({ getParentRoute: () => shell, path: '/handover', validateSearch: readHandoverSearch, component: page(() => import('@/pages/handover')) })

const handoverHand = createRoute({ getParentRoute: () => whole, path: '/handover/$id', component: page(() => import('@/pages/handover-hand')) })

const hits = createRoute({ getParentRoute: () => shell, path: '/hits', component: page(() => import('@/pages/hits')) })

const aftersales = createRoute({ getParentRoute: () => shell, path: '/aftersales', validateSearch: readAftersalesSearch, component: page(() => import('@/pages/aftersales')) })

const aftersale = createRoute({ getParentRoute: () => shell, path: '/aftersales/$id', component: page(() => import('@/pages/aftersale')) })

const returns = createRoute({ getParentRoute: () => shell, path: '/returns', validateSearch: readReturnsSearch, component: page(() => import('@/pages/returns')) })

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  validateSearch: (raw: Record<string, unknown>): { id?: string } => ({ id: one(raw.id) }),
  component: page(() => import('@/pages/jobs')),
})

const sync = createRoute({
  getParentRoute: () => shell,
  path: '/sync',
  validateSearch: (raw: Record<string, unknown>): SyncSearch => ({ tab: word(raw.tab, SYNC_TABS), state: word(raw.state, EFFECT_STATES) }),
  component: page(() => import('@/pages/sync')),
})

const shopSync = createRoute({
  getParentRoute: () => shell,
  path: '/sync/$id',
  validateSearch: (raw: Record<string, unknown>): ShopSyncSearch => ({ tab: word(raw.tab, SHOP_TABS), state: word(raw.state, EFFECT_STATES), week: one(raw.week) }),
  component: page(() => import('@/pages/shop-sync')),
})

// Where a channel sends a person back to after they agreed on its page; the code has a name of its own on some.
const authorise = createRoute({
  getParentRoute: () => shell,
  path: '/authorise',
  validateSearch: (raw: Record<string, unknown>): { state?: string; code?: string } => ({ state: one(raw.state), code: one(raw.code) ?? one(raw.auth_code) ?? one(raw.authorization_code) }),
  component: page(() => import('@/pages/authorise')),
})

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: page(() => import('@/pages/settings/frame')),
})

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: ({ context }) => {
    const rights = context.queries.getQueryData(meQuery.queryKey)?.permissions ?? []
    throw redirect({ to: SETTINGS_PAGES.find((page) => mayOpen(page, (right) => rights.includes(right))) ?? '/settings/account' })
  },
})

const settingsPages = [
  createRoute({ getParentRoute: () => settings, path: '/shops', component: page(() => import('@/pages/settings/shops')) }),
  createRoute({ getParentRoute: () => settings, path: '/warehouses', component: page(() => import('@/pages/settings/warehouses')) }),
  createRoute({
    getParentRoute: () => settings,
    path: '/carriers',
    validateSearch: (raw: Record<string, unknown>): CarrierSearch => readCarrierSearch(raw),
    component: page(() => import('@/pages/settings/carriers')),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/allocation',
    validateSearch: (raw: Record<string, unknown>): AllocationSearch => readAllocationSearch(raw),
    component: page(() => import('@/pages/settings/allocation')),
  }),
  createRoute({ getParentRoute: () => settings, path: '/suppliers', component: page(() => import('@/pages/settings/suppliers')) }),
  createRoute({ getParentRoute: () => settings, path: '/labels', component: page(() => import('@/pages/settings/labels')) }),
  createRoute({ getParentRoute: () => settings, path: '/stations', component: page(() => import('@/pages/settings/stations')) }),
  createRoute({ getParentRoute: () => settings, path: '/review', component: page(() => import('@/pages/settings/review')) }),
  createRoute({ getParentRoute: () => settings, path: '/general', component: page(() => import('@/pages/settings/general')) }),
  createRoute({ getParentRoute: () => settings, path: '/users', component: page(() => import('@/pages/settings/users')) }),
  createRoute({ getParentRoute: () => settings, path: '/roles', component: page(() => import('@/pages/settings/roles')) }),
  createRoute({ getParentRoute: () => settings, path: '/api-keys', component: page(() => import('@/pages/settings/api-keys')) }),
  createRoute({ getParentRoute: () => settings, path: '/audit', component: page(() => import('@/pages/settings/audit')) }),
  createRoute({ getParentRoute: () => settings, path: '/system', component: page(() => import('@/pages/settings/system')) }),
  createRoute({ getParentRoute: () => settings, path: '/account', component: page(() => import('@/pages/settings/account')) }),
] as const

const tree = root.addChildren([
  login,
  setup,
  password,
  shell.addChildren([home, orders, order, importing, print, ship, review, catalog, stock, merge, waiting, dropship, waves, wave, handover, hits, aftersales, aftersale, returns, jobs, sync, shopSync, authorise, settings.addChildren([settingsIndex, ...settingsPages])]),
  supplierDesk,
  whole.addChildren([verify, weigh, pick, pickWave, handoverHand]),
])

export function newRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: PageError,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>
  }
}
