import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { lazy, Suspense, use, useEffect, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from '@tanstack/react-router'
import { api } from '@/lib/api/client'
import type { OrderRow } from '@/lib/api/contract'
import { useAction } from '@/lib/action'
import { groupDigits } from '@/lib/format'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import { useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { Money } from '@/ui/Money'
import { FlagMark, Quantity, ShipClock } from '@/ui/orders/parts'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState, Skeleton } from '@/ui/States'
import { ChannelBadge, Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS, orderEventsQuery, orderQuery } from './api'
import type { BulkAction, BulkTarget } from './bulk'
import { OrderExtras } from './extras'
import { OrderDetailBody } from './OrderDetailBody'
import { ReviewAccount, type ReviewStep } from './ReviewAccount'
import { ReviewHead, reviewCountsQuery } from './ReviewHead'
import type { ReviewSearch } from './reviewSearch'
import css from './review.module.css'
import { useMayAct, useOffers } from './rights'
import type { OrderFilter } from './search'

const BulkDialog = lazy(() => import('./BulkDialog'))
const WarehouseDialog = lazy(() => import('./WarehouseDialog'))

interface ReviewViewProps {
  search: ReviewSearch
  onChange: (next: ReviewSearch) => void
}

type Asked = { what: 'bulk'; action: BulkAction; target: BulkTarget } | { what: 'warehouse' | 'split'; row: OrderRow }

/** The filter of the queue, as the list and the bulk approval ask for it. */
function filterOf(search: ReviewSearch): OrderFilter {
  const shop = search.shop_id ? { shop_id: [search.shop_id] } : {}
  return search.stage === 'finance' ? { tab: 'problem', hold: ['finance_approval'], ...shop } : { tab: 'awaiting_approval', ...(search.hold ? { hold: [search.hold] } : {}), ...shop }
}

/** The queue of orders that wait for a person: a approves and moves on, h holds, d rejects, w and c change how it leaves, j and k walk. */
export function ReviewView({ search, onChange }: ReviewViewProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [step, setStep] = useState<ReviewStep | null>(null)
  const finance = search.stage === 'finance'
  const filter = useMemo(() => filterOf(search), [search])
  const queue = useInfiniteQuery({
    queryKey: ['orders', 'review', filter],
    queryFn: ({ pageParam, signal }) => api.get('/orders', { query: { ...filter, sort: 'placed_asc', limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => queue.data?.pages.flatMap((p) => p.items) ?? [], [queue.data])
  const at = rows.findIndex((r) => r.id === search.order)
  const current = rows[at] ?? rows[0]
  const go = (row: OrderRow | undefined) => row && onChange({ ...search, order: row.id })
  /** What is looked at next once an order is decided: it may leave the queue, or stay in it on hold. */
  const nextOf = (row: OrderRow) => rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1]
  const offers = useOffers()
  const mayAct = useMayAct()
  const can = useCan()
  const { Split } = use(OrderExtras)
  const approve = useApproval(finance, go)
  const action = finance ? 'approve-finance' : 'approve'
  const approveCurrent = () => current && !approve.isPending && offers(current, action) && approve.mutate({ row: current, next: nextOf(current) })
  const act = (what: BulkAction) => current && offers(current, what) && setAsked({ what: 'bulk', action: what, target: { ids: [current.id] } })
  const onHold = current?.holds.includes('manual') && offers(current, 'release')
  const holding: BulkAction = onHold ? 'release' : 'hold'
  const hold = () => act(holding)
  const reject = () => (finance ? act('revoke-approval') : current && can('order.hold') && setStep('reject'))
  const mayMove = current !== undefined && can('fulfillment.allocate')
  const maySplit = current !== undefined && Split !== undefined && can('fulfillment.split')
  useKeys(
    [
      { keys: KEY.next, run: () => go(rows[Math.min(rows.length - 1, Math.max(at, 0) + 1)]) },
      { keys: KEY.previous, run: () => go(rows[Math.max(0, at - 1)]) },
      { keys: KEY.approve, run: approveCurrent },
      { keys: KEY.hold, run: hold },
      { keys: KEY.reject, run: reject },
      { keys: KEY.warehouse, run: () => current && mayMove && setAsked({ what: 'warehouse', row: current }) },
      { keys: KEY.split, run: () => current && maySplit && setAsked({ what: 'split', row: current }) },
    ],
    !asked && !step,
  )
  useEffect(() => {
    if (search.order) document.querySelector(`[data-review="${CSS.escape(search.order)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [search.order])
  const decided = () => current && go(nextOf(current))
  return (
    <Page
      title={t('orders.review_title')}
      hint={t('orders.review_hint')}
      actions={
        <>
          <ShopSelect value={search.shop_id} onChange={(shop_id) => onChange({ ...search, shop_id, order: undefined })} />
          {mayAct(action) ? (
            <Button disabled={rows.length === 0} onClick={() => setAsked({ what: 'bulk', action, target: { filter } })}>
              {t(finance ? 'review.approve_all_finance' : 'orders.approve_all')}
            </Button>
          ) : null}
        </>
      }
    >
      <ReviewHead search={search} onChange={onChange} />
      {queue.error ? <ErrorBox error={queue.error} onRetry={() => void queue.refetch()} /> : null}
      {queue.isPending ? (
        <Skeleton rows={10} />
      ) : rows.length === 0 ? (
        queue.error ? null : (
          <NothingWaits search={search} onChange={onChange} />
        )
      ) : (
        <div className={css.panes} aria-busy={queue.isPlaceholderData}>
          <Panel flush className={css.queue}>
            <ul aria-label={t('orders.review_title')}>
              {rows.map((row) => (
                <QueueRow key={row.id} row={row} current={row === current} onPick={() => go(row)} />
              ))}
            </ul>
            {queue.hasNextPage ? (
              <div className={css.more}>
                <Button loading={queue.isFetchingNextPage} onClick={() => void queue.fetchNextPage()}>
                  {t('common.more')}
                </Button>
              </div>
            ) : null}
          </Panel>
          {current ? (
            <Panel
              className={css.detail}
              title={current.channel_order_no}
              note={current.shop_name}
              actions={
                <>
                  {maySplit ? (
                    <Button onClick={() => setAsked({ what: 'split', row: current })} title="C">
                      {t('review.split')}
                    </Button>
                  ) : null}
                  {mayMove ? (
                    <Button onClick={() => setAsked({ what: 'warehouse', row: current })} title="W">
                      {t('review.warehouse')}
                    </Button>
                  ) : null}
                  <Button disabled={!offers(current, holding)} onClick={hold} title="H">
                    {t(`orders.action.${holding}`)}
                  </Button>
                  {finance ? (
                    <Button disabled={!offers(current, 'revoke-approval')} onClick={reject} title="D">
                      {t('review.back_to_service')}
                    </Button>
                  ) : can('order.hold') ? (
                    <Button onClick={reject} title="D">
                      {t('review.reject')}
                    </Button>
                  ) : null}
                  <Button type="primary" disabled={!offers(current, action)} loading={approve.isPending} onClick={approveCurrent} title="A">
                    {t(finance ? 'review.approve_finance_next' : 'orders.approve_next')}
                  </Button>
                </>
              }
            >
              {finance ? <ApprovedBy id={current.id} /> : null}
              <ReviewAccount key={current.id} id={current.id} version={current.version} step={step} onStep={setStep} onRejected={decided} />
              <Current
                id={current.id}
                onAct={act}
                besides={finance ? [holding, 'approve-finance', 'revoke-approval'] : [holding]}
                more={can('order.approve') && can('review.edit') ? <Button onClick={() => setStep('listed')}>{t('review.listed')}</Button> : null}
              />
            </Panel>
          ) : null}
        </div>
      )}
      <Suspense fallback={null}>
        {asked?.what === 'bulk' ? <BulkDialog action={asked.action} target={asked.target} onDone={(failed) => 'ids' in asked.target && failed.length === 0 && asked.action !== 'release' && decided()} onClose={() => setAsked(null)} /> : null}
        {asked?.what === 'warehouse' ? <WarehouseDialog order={asked.row} onClose={() => setAsked(null)} /> : null}
        {asked?.what === 'split' && Split ? <Split order={asked.row} mayApprove={offers(asked.row, 'approve')} onApproved={() => go(nextOf(asked.row))} onClose={() => setAsked(null)} /> : null}
      </Suspense>
    </Page>
  )
}

/** Approves one order, moves on, and offers for a few seconds to take it back. Finance's word is final. */
function useApproval(finance: boolean, go: (row: OrderRow | undefined) => void) {
  const { t } = useTranslation()
  const toast = useToast()
  const undo = useAction({
    run: (row: OrderRow, key) => api.post('/orders/{id}/revoke-approval', {}, { path: { id: row.id }, key }),
    invalidates: ORDER_KEYS,
    onSuccess: (_, row) => {
      toast.ok(t('review.approval_undone', { no: row.channel_order_no }))
      go(row)
    },
    onError: toast.bad,
  })
  return useAction({
    run: ({ row }: { row: OrderRow; next: OrderRow | undefined }, key) => api.post(finance ? '/orders/{id}/approve-finance' : '/orders/{id}/approve', { version: row.version }, { path: { id: row.id }, key }),
    invalidates: ORDER_KEYS,
    onSuccess: (_, { row, next }) => {
      toast.ok(t('review.approved_one', { no: row.channel_order_no }), finance ? undefined : () => undo.mutate(row))
      go(next)
    },
    onError: toast.bad,
  })
}

/** Why the queue is empty, and what to do next. */
function NothingWaits({ search, onChange }: ReviewViewProps) {
  const { t } = useTranslation()
  const counts = useQuery(reviewCountsQuery(search.shop_id)).data
  if (search.hold || search.shop_id) {
    return (
      <Panel>
        <Empty title={t(search.hold ? 'review.none_of_reason' : 'review.none_of_shop', { reason: t(`orders.hold.${search.hold}`) })}>
          <Button onClick={() => onChange({ stage: search.stage })}>{t('review.all_waiting')}</Button>
        </Empty>
      </Panel>
    )
  }
  return (
    <Panel>
      <Empty title={search.stage === 'finance' ? t('review.none_for_finance') : t('orders.empty.awaiting_approval')}>
        <Link to="/orders" search={{ tab: 'awaiting_shipment' }}>
          {counts?.approved_today.known ? t('review.approved_today', { count: counts.approved_today.n, n: groupDigits(counts.approved_today.n) }) : t('orders.see_to_ship')}
        </Link>
      </Empty>
    </Panel>
  )
}

/** Who approved an order before finance looks at it: it takes two. */
function ApprovedBy({ id }: { id: string }) {
  const { t } = useTranslation()
  const event = useQuery(orderEventsQuery(id)).data?.findLast((e) => e.name === 'order.approved')
  if (!event) return null
  return (
    <p className={css.hint}>
      {event.actor_name ? t('review.approved_by', { name: event.actor_name }) : t('review.approved_by_rule')} <Time at={event.at} />
    </p>
  )
}

function ShopSelect({ value, onChange }: { value: string | undefined; onChange: (shop: string | undefined) => void }) {
  const { t } = useTranslation()
  const shops = useShops()
  return <Select allowClear style={{ width: 180 }} placeholder={t('orders.filter.shop_id')} aria-label={t('orders.filter.shop_id')} value={value} options={shops.map((s) => ({ value: s.id, label: s.name }))} onChange={onChange} />
}

function QueueRow({ row, current, onPick }: { row: OrderRow; current: boolean; onPick: () => void }) {
  const { t } = useTranslation()
  return (
    <li data-review={row.id}>
      <button type="button" className={current ? css.rowOn : css.row} aria-current={current || undefined} onClick={onPick}>
        <span className={css.top}>
          <ChannelBadge channel={row.channel} />
          <strong>{row.channel_order_no}</strong>
          <FlagMark flag={row.flag} />
          <span className={css.right}>
            <Money fen={row.buyer_paid_fen} />
          </span>
        </span>
        <span className={css.goods}>
          {row.lines.slice(0, 2).map((line) => (
            <span key={line.id}>
              {line.title} {line.spec} <Quantity line={line} />
            </span>
          ))}
        </span>
        <span className={css.tags}>
          {row.holds
            .filter((h) => h !== 'awaiting_approval')
            .map((h) => (
              <Tag key={h} tone="red">
                {t(`orders.hold.${h}`)}
              </Tag>
            ))}
          {row.buyer_note ? <Tag tone="green">{row.buyer_note}</Tag> : null}
          {row.seller_note ? <Tag tone="amber">{row.seller_note}</Tag> : null}
          <ShipClock row={row} />
        </span>
      </button>
    </li>
  )
}

function Current({ id, ...offer }: { id: string; onAct: (action: BulkAction) => void; besides: readonly BulkAction[]; more: ReactNode }) {
  const query = useQuery({ ...orderQuery(id), placeholderData: undefined })
  return <QueryState query={query}>{(order) => <OrderDetailBody order={order} {...offer} />}</QueryState>
}
