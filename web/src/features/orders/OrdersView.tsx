import { PlusOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
import type { Count, OrderRow } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { groupDigits } from '@/lib/format'
import { useTopicAt } from '@/lib/live'
import { usePref } from '@/lib/prefs'
import { useCan } from '@/lib/session'
import { OrderList, type Density } from '@/ui/orders/OrderList'
import type { OutAction } from '@/ui/out'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { useTitle } from '@/ui/title'
import { countsQuery, orderQuery, ordersQuery, PAGE_SIZE } from './api'
import { AddressNote } from './AddressSearch'
import { BatchBar } from './BatchBar'
import type { BulkAction, BulkTarget } from './bulk'
import { DrawerKeys } from './DrawerKeys'
import { FilterBar } from './FilterBar'
import { FoundBar } from './FoundBar'
import { useAdded } from './fresh'
import { useOrderKeys } from './keys'
import { OrderActions } from './OrderActions'
import css from './orders.module.css'
import { chipsOf, numbersOf, TABS, toFilter, withoutFilters, type OrderSearch, type Tab } from './search'
import { DensitySwitch, ViewsBar } from './ViewsBar'

const OrderDrawer = lazy(() => import('./OrderDrawer'))
const AllocateDialog = lazy(() => import('./AllocateDialog'))
const BulkDialog = lazy(() => import('./BulkDialog'))
const ManyOutDialog = lazy(() => import('@/ui/ManyOutDialog'))
const ExportDialog = lazy(() => import('./ExportDialog'))
const NewOrderDialog = lazy(() => import('./NewOrderDialog'))
const NoteDialog = lazy(() => import('./NoteDialog'))
const ShipDialog = lazy(() => import('./ShipDialog'))

interface OrdersViewProps {
  search: OrderSearch
  /** Moves to another view of the list; `replace` leaves no step in the browser's history. */
  onSearch: (next: OrderSearch, replace?: boolean) => void
}

/** A change seen this shortly after a refresh is our own echo. */
const ECHO_MS = 1500

/** The order list: tabs with counters, filters, saved views, batch bar, rows and the detail drawer. */
export function OrdersView({ search, onSearch }: OrdersViewProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const can = useCan()
  useTitle(t('shell.nav.orders'))
  const [density, setDensity] = usePref<Density>('density', 'card', ['card', 'compact'])
  const list = useQuery({ ...ordersQuery(search), placeholderData: keepPreviousData })
  const counts = useQuery(countsQuery(search))
  // Chosen orders with their numbers: the numbers are what an export of just these asks for.
  const [selected, setSelected] = useState<ReadonlyMap<string, string>>(new Map())
  // The whole filtered list is chosen, beyond the page: the server works on the filter.
  const [allChosen, setAllChosen] = useState(false)
  const [cursor, setCursor] = useState<string | null>(null)
  const [bulk, setBulk] = useState<{ action: BulkAction; target: BulkTarget; chosen?: true } | null>(null)
  const [shipping, setShipping] = useState<OrderRow | null>(null)
  const [noting, setNoting] = useState<OrderRow | null>(null)
  const [allocating, setAllocating] = useState<BulkTarget | null>(null)
  const [out, setOut] = useState<{ action: OutAction; target: BulkTarget } | null>(null)
  const [exporting, setExporting] = useState(false)
  const [creating, setCreating] = useState(false)
  const [back, setBack] = useState<string[]>([])

  const tab: Tab = search.tab ?? 'all'
  const rows = useMemo(() => list.data?.items ?? [], [list.data])
  const total = counts.data?.counts[tab]
  const updatedAt = list.dataUpdatedAt
  const changedAt = useTopicAt('orders')
  const added = useAdded(list.isPlaceholderData ? 0 : updatedAt, total, counts.dataUpdatedAt)
  const stale = added > 0 || (updatedAt > 0 && changedAt > updatedAt + ECHO_MS)

  const change = useCallback(
    (next: OrderSearch) => {
      setAllChosen(false)
      setBack([])
      onSearch({ ...next, cursor: undefined })
    },
    [onSearch],
  )
  const select = useCallback((ids: string[], on: boolean) => {
    setAllChosen(false)
    setSelected((before) => {
      const next = new Map(before)
      for (const id of ids) {
        if (on) next.set(id, rows.find((r) => r.id === id)?.channel_order_no ?? '')
        else next.delete(id)
      }
      return next
    })
  }, [rows])
  const open = useCallback((id: string) => onSearch({ ...search, drawer: id }, search.drawer !== undefined), [onSearch, search])
  const prefetch = useCallback((id: string) => void client.prefetchQuery({ ...orderQuery(id), staleTime: 30_000 }), [client])
  const act = useCallback((action: BulkAction, row: OrderRow) => setBulk({ action, target: { ids: [row.id] } }), [])
  const actions = useCallback((row: OrderRow) => <OrderActions row={row} onAct={act} onShip={setShipping} onNote={setNoting} onOpen={open} />, [act, open])

  const target = useMemo<BulkTarget>(() => (allChosen ? { filter: toFilter(search) } : { ids: [...selected.keys()] }), [allChosen, search, selected])
  // What was done is no longer chosen; what failed stays, for another try.
  const done = (failed: { order_id: string; channel_order_no: string }[]) => {
    setAllChosen(false)
    setSelected(new Map(failed.map((f) => [f.order_id, f.channel_order_no])))
  }
  const refresh = () => {
    if (search.cursor) change(search)
    void client.invalidateQueries({ queryKey: ['orders'] })
  }
  const step = (by: number) => {
    const at = rows.findIndex((r) => r.id === search.drawer)
    const next = rows[at + by]
    if (next) {
      setCursor(next.id)
      open(next.id)
    }
  }
  const close = () => onSearch({ ...search, drawer: undefined })
  const current = search.drawer ?? cursor
  useOrderKeys(() => rows.find((r) => r.id === current) ?? (current ? client.getQueryData(orderQuery(current).queryKey) : undefined), { onShip: setShipping, onNote: setNoting })
  const adoptable = counts.data?.counts.adoptable
  const tabs = tab === 'adoptable' || (adoptable?.known && adoptable.n > 0) ? ([...TABS, 'adoptable'] as const) : TABS

  return (
    <div className={css.view}>
      <Tabs
        label={t('orders.tabs_label')}
        items={tabs.map((key) => ({ key, label: t(`orders.tab.${key}`), count: countOf(counts.data?.counts[key]) }))}
        value={tab}
        onChange={(key) => change({ ...search, tab: key === 'all' ? undefined : key, sort: undefined, drawer: undefined })}
      />
      <div className={css.area}>
        <FilterBar search={search} onChange={change}>
          {can('order.create') ? (
            <Button icon={<PlusOutlined />} onClick={() => setCreating(true)}>
              {t('orders.new_order')}
            </Button>
          ) : null}
          <DensitySwitch density={density} onDensity={setDensity} />
        </FilterBar>
        <ViewsBar search={search} onChange={change} />
        {tab === 'adoptable' ? <p className={css.hint}>{t('orders.adoptable_hint')}</p> : null}
        <section className={css.box}>
          <BatchBar
            tab={tab}
            fresh={
              <button type="button" className={css.fresh} style={{ visibility: stale ? 'visible' : 'hidden' }} onClick={refresh}>
                {added > 0 ? t('orders.new_refresh', { count: added, n: groupDigits(added) }) : t('orders.changed_refresh')}
              </button>
            }
            rows={rows}
            selected={selected}
            allChosen={allChosen}
            total={total}
            onSelect={select}
            onChooseAll={() => setAllChosen(true)}
            onClear={() => {
              setSelected(new Map())
              setAllChosen(false)
            }}
            onAct={(action) => setBulk({ action, target, chosen: true })}
            onAllocate={() => setAllocating(target)}
            onOut={(action) => setOut({ action, target })}
            onExport={() => setExporting(true)}
            page={back.length + 1}
            hasNext={Boolean(list.data?.next_cursor)}
            hasPrevious={Boolean(search.cursor)}
            onNext={() => {
              setBack([...back, search.cursor ?? ''])
              onSearch({ ...search, cursor: list.data?.next_cursor })
            }}
            onPrevious={() => {
              onSearch({ ...search, cursor: back.at(-1) || undefined })
              setBack(back.slice(0, -1))
            }}
          />
          {numbersOf(search).length > 0 && list.data?.not_found ? (
            <FoundBar asked={numbersOf(search).length} missing={list.data.not_found} />
          ) : null}
          {list.data?.searched_until_at ? <p className={css.partly}>{t('orders.searched_until', { at: list.data.searched_until_at.slice(0, 10) })}</p> : null}
          <AddressNote state={list.data?.address_search} />
          {list.data?.unasked?.length ? <p className={css.partly}>{list.data.unasked.map((u) => `${u.shop_name} – ${u.message}`).join(' · ')}</p> : null}
          {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
          {list.data ? (
            <div className={list.isPlaceholderData ? css.loading : undefined} aria-busy={list.isPlaceholderData}>
              <OrderList
                label={t('orders.list_label')}
                rows={rows}
                density={density}
                selected={selected}
                onSelect={select}
                cursor={current}
                onCursor={setCursor}
                onOpen={open}
                {...(search.drawer ? { onStep: step } : {})}
                onHover={prefetch}
                actions={actions}
                empty={<NoOrders search={search} onChange={change} />}
              />
              {list.data.next_cursor ? <p className={css.end}>{t('orders.page_end', { count: PAGE_SIZE })}</p> : null}
            </div>
          ) : list.isPending ? (
            <Skeleton rows={12} />
          ) : null}
        </section>
      </div>
      <Suspense fallback={search.drawer ? <DrawerKeys onClose={close} onStep={step} /> : null}>
        {search.drawer ? (
          <OrderDrawer id={search.drawer} onClose={close} onStep={step} onAct={(action, id) => setBulk({ action, target: { ids: [id] } })} onShip={setShipping} />
        ) : null}
        {bulk ? <BulkDialog action={bulk.action} target={bulk.target} onDone={bulk.chosen ? done : undefined} onClose={() => setBulk(null)} /> : null}
        {allocating ? <AllocateDialog target={allocating} onDone={() => done([])} onClose={() => setAllocating(null)} /> : null}
        {out ? <ManyOutDialog action={out.action} target={'ids' in out.target ? { order_ids: out.target.ids } : { orders: defined(out.target.filter) }} onDone={() => done([])} onClose={() => setOut(null)} /> : null}
        {noting ? <NoteDialog order={noting} onClose={() => setNoting(null)} /> : null}
        {creating ? <NewOrderDialog onClose={() => setCreating(false)} onCreated={(id) => onSearch({ ...search, drawer: id })} /> : null}
        {shipping ? <ShipDialog order={shipping} onClose={() => setShipping(null)} /> : null}
        {exporting ? <ExportDialog filter={selected.size > 0 && !allChosen ? { tab: 'all', numbers: [...selected.values()] } : { ...toFilter(search), numbers: numbersOf(search) }} count={allChosen || selected.size === 0 ? total?.n : selected.size} onClose={() => setExporting(false)} /> : null}
      </Suspense>
    </div>
  )
}

/** How many orders a tab holds as its counter shows it: a dash while unknown, a plus where there are more. */
function countOf(count: Count | undefined): string | null {
  if (!count?.known) return null
  return `${groupDigits(count.n)}${count.exact ? '' : '+'}`
}

function NoOrders({ search, onChange }: { search: OrderSearch; onChange: (next: OrderSearch) => void }) {
  const { t } = useTranslation()
  const mayOpen = useMayOpen()
  if (chipsOf(search).length > 0) {
    return (
      <Empty title={t('orders.empty_filtered')}>
        <Button onClick={() => onChange(withoutFilters(search))}>{t('orders.clear_filters')}</Button>
      </Empty>
    )
  }
  return (
    <Empty title={search.tab ? t(`orders.empty.${search.tab}`) : t('orders.empty_all')}>
      {search.tab ? (
        <Button onClick={() => onChange({})}>{t('orders.show_all')}</Button>
      ) : mayOpen('/import') ? (
        <Link to="/import">
          <Button type="primary">{t('orders.go_import')}</Button>
        </Link>
      ) : null}
    </Empty>
  )
}
