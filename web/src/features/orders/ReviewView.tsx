import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from '@tanstack/react-router'
import { api } from '@/lib/api/client'
import type { OrderRow } from '@/lib/api/contract'
import { useAction } from '@/lib/action'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import { Money } from '@/ui/Money'
import { FlagMark, Quantity, ShipClock } from '@/ui/orders/parts'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState, Skeleton } from '@/ui/States'
import { ChannelBadge, Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS, orderQuery } from './api'
import type { BulkAction, BulkTarget } from './bulk'
import { HOLD_KINDS } from './holds'
import { OrderDetailBody } from './OrderDetailBody'
import { ReviewAccount } from './ReviewAccount'
import css from './review.module.css'
import { useMayAct, useOffers } from './rights'

const BulkDialog = lazy(() => import('./BulkDialog'))

interface ReviewViewProps {
  order?: string
  hold?: string
  onChange: (next: { order?: string; hold?: string }) => void
}

/** The queue of orders that wait for a person: a approves and moves on, h holds, j and k walk. */
export function ReviewView({ order, hold, onChange }: ReviewViewProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [bulk, setBulk] = useState<{ action: BulkAction; target: BulkTarget } | null>(null)
  const queue = useInfiniteQuery({
    queryKey: ['orders', 'review', hold],
    queryFn: ({ pageParam, signal }) => api.get('/orders', { query: { tab: 'awaiting_approval', hold: hold ? [hold] : undefined, sort: 'placed_asc', limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = useMemo(() => queue.data?.pages.flatMap((p) => p.items) ?? [], [queue.data])
  const at = rows.findIndex((r) => r.id === order)
  const current = rows[at] ?? rows[0]
  const go = (row: OrderRow | undefined) => row && onChange({ order: row.id, hold })
  const offers = useOffers()
  const mayAct = useMayAct()
  const approve = useAction({
    run: ({ id, version }: { id: string; version: number }, key) => api.post('/orders/{id}/approve', { version }, { path: { id }, key }),
    invalidates: ORDER_KEYS,
    onError: toast.bad,
  })
  const approveCurrent = () => {
    if (!current || approve.isPending || !offers(current, 'approve')) return
    const next = rows[rows.indexOf(current) + 1] ?? rows[rows.indexOf(current) - 1]
    approve.mutate({ id: current.id, version: current.version }, { onSuccess: () => go(next) })
  }
  const act = (action: BulkAction) => current && offers(current, action) && setBulk({ action, target: { ids: [current.id] } })
  useKeys(
    [
      { keys: KEY.next, run: () => go(rows[Math.min(rows.length - 1, Math.max(at, 0) + 1)]) },
      { keys: KEY.previous, run: () => go(rows[Math.max(0, at - 1)]) },
      { keys: KEY.approve, run: approveCurrent },
      { keys: KEY.hold, run: () => act('hold') },
    ],
    !bulk,
  )
  useEffect(() => {
    if (order) document.querySelector(`[data-review="${CSS.escape(order)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [order])
  return (
    <Page
      title={t('orders.review_title')}
      hint={t('orders.review_hint')}
      actions={
        <>
          <Select
            allowClear
            style={{ width: 180 }}
            placeholder={t('orders.filter.hold')}
            aria-label={t('orders.filter.hold')}
            value={hold}
            options={HOLD_KINDS.map((k) => ({ value: k, label: t(`orders.hold.${k}`) }))}
            onChange={(value: string | undefined) => onChange({ hold: value })}
          />
          {mayAct('approve') ? (
            <Button disabled={rows.length === 0} onClick={() => setBulk({ action: 'approve', target: { filter: { tab: 'awaiting_approval', hold: hold ? [hold] : undefined } } })}>
              {t('orders.approve_all')}
            </Button>
          ) : null}
        </>
      }
    >
      {queue.error ? <ErrorBox error={queue.error} onRetry={() => void queue.refetch()} /> : null}
      {queue.isPending ? (
        <Skeleton rows={10} />
      ) : rows.length === 0 ? (
        <Panel>
          <Empty title={t('orders.empty.awaiting_approval')}>
            <Link to="/orders" search={{ tab: 'awaiting_shipment' }}>
              {t('orders.see_to_ship')}
            </Link>
          </Empty>
        </Panel>
      ) : (
        <div className={css.panes}>
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
                  <Button disabled={!offers(current, 'hold')} onClick={() => act('hold')} title="H">
                    {t('orders.action.hold')}
                  </Button>
                  <Button type="primary" disabled={!offers(current, 'approve')} loading={approve.isPending} onClick={approveCurrent} title="A">
                    {t('orders.approve_next')}
                  </Button>
                </>
              }
            >
              <ReviewAccount key={current.id} id={current.id} version={current.version} />
              <Current id={current.id} onAct={act} />
            </Panel>
          ) : null}
        </div>
      )}
      <Suspense fallback={null}>{bulk ? <BulkDialog action={bulk.action} target={bulk.target} onClose={() => setBulk(null)} /> : null}</Suspense>
    </Page>
  )
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

function Current({ id, onAct }: { id: string; onAct: (action: BulkAction) => void }) {
  const query = useQuery({ ...orderQuery(id), placeholderData: undefined })
  return <QueryState query={query}>{(order) => <OrderDetailBody order={order} onAct={onAct} />}</QueryState>
}
