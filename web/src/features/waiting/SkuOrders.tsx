import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { WaitingOrder, WaitingSku } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { SlaPill } from '@/ui/SlaPill'
import { Empty, QueryState } from '@/ui/States'
import { ChannelBadge, Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { AgreeDialog } from './AgreeDialog'
import { ordersQuery, WAITING_KEYS } from './queries'
import { ReplaceDialog } from './ReplaceDialog'
import type { ReleaseTarget } from './ReleaseDialog'
import type { WaitingSearch } from './search'
import css from './waiting.module.css'

/** One of us says so; a buyer's own urging is lower. */
const URGENT = 20

interface SkuOrdersProps {
  sku: WaitingSku
  search: WaitingSearch
  onRelease: (target: ReleaseTarget) => void
}

type Dialog = { kind: 'agree' | 'replace'; orders: WaitingOrder[] }

/** The orders that lack a SKU, in the order in which they are served. */
export function SkuOrders({ sku, search, onRelease }: SkuOrdersProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const can = useCan()
  const may = can('fulfillment.allocate')
  const mayReplace = may && can('order.edit_lines')
  const list = useInfiniteQuery(ordersQuery(sku.sku_id, search))
  const rows = list.data?.pages.flatMap((p) => p.items)
  const [chosen, setChosen] = useState<string[]>([])
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const here = (rows ?? []).filter((w) => chosen.includes(w.order_id))
  const urge = useAction({
    run: async (input: { orders: WaitingOrder[]; urgency: number }, key) => {
      for (const w of input.orders) await api.post('/orders/{id}/urge', { urgency: input.urgency }, { path: { id: w.order_id }, key: `${key}-${w.order_id}` })
    },
    invalidates: WAITING_KEYS,
    onSuccess: (_, { orders, urgency }) => toast.ok(urgency > 0 ? t('waiting.urged', { count: orders.length }) : t('waiting.unurged', { count: orders.length })),
    onError: toast.bad,
  })
  const close = () => {
    setDialog(null)
    setChosen([])
  }
  return (
    <div className={css.nested}>
      <QueryState query={{ ...list, data: rows }} skeletonRows={3}>
        {(all) => (
          <>
            {may && all.length > 0 ? (
              <div className={css.batch} role="toolbar" aria-label={t('waiting.with_chosen')}>
                <span>{t('waiting.chosen', { count: here.length })}</span>
                <Button size="small" disabled={here.length === 0} onClick={() => setDialog({ kind: 'agree', orders: here })}>
                  {t('waiting.agree')}
                </Button>
                {mayReplace ? (
                  <Button size="small" disabled={here.length === 0} onClick={() => setDialog({ kind: 'replace', orders: here })}>
                    {t('waiting.replace')}
                  </Button>
                ) : null}
                <Button size="small" disabled={here.length === 0} loading={urge.isPending} onClick={() => urge.mutate({ orders: here, urgency: URGENT })}>
                  {t('waiting.urge')}
                </Button>
                <Button size="small" type="primary" disabled={here.length === 0} onClick={() => onRelease({ ids: here.map((w) => w.order_id) })}>
                  {t('waiting.release')}
                </Button>
              </div>
            ) : null}
            <DataTable
              label={t('waiting.orders_of', { code: sku.sku_code })}
              rows={all}
              rowKey={(w) => w.order_id}
              empty={<Empty title={t('waiting.none_found')} />}
              columns={[
                ...(may
                  ? [
                      {
                        key: 'choose',
                        title: <input type="checkbox" aria-label={t('waiting.choose_all')} checked={all.length > 0 && here.length === all.length} onChange={(e) => setChosen(e.target.checked ? all.map((w) => w.order_id) : [])} />,
                        width: 36,
                        render: (w: WaitingOrder) => (
                          <input
                            type="checkbox"
                            aria-label={t('waiting.choose', { no: w.channel_order_no })}
                            checked={chosen.includes(w.order_id)}
                            onChange={(e) => setChosen(e.target.checked ? [...chosen, w.order_id] : chosen.filter((id) => id !== w.order_id))}
                          />
                        ),
                      },
                    ]
                  : []),
                { key: 'no', title: t('waiting.order'), render: (w) => <OrderNo order={w} /> },
                { key: 'missing', title: t('waiting.missing'), render: (w) => <Missing order={w} sku={sku.sku_id} /> },
                { key: 'since', title: t('waiting.since'), render: (w) => <Time at={w.since_at} /> },
                { key: 'due', title: t('waiting.due'), render: (w) => (w.ship_by_at ? <SlaPill due={w.ship_by_at} /> : '\u2013') },
                { key: 'agreed', title: t('waiting.agreed'), render: (w) => <Agreed order={w} /> },
                ...(may
                  ? [
                      {
                        key: 'act',
                        title: t('waiting.act'),
                        align: 'right' as const,
                        render: (w: WaitingOrder) => (
                          <span className={css.acts}>
                            <Button size="small" aria-label={t('waiting.agree_with', { no: w.channel_order_no })} onClick={() => setDialog({ kind: 'agree', orders: [w] })}>
                              {t('waiting.agree')}
                            </Button>
                            {mayReplace ? (
                              <Button size="small" aria-label={t('waiting.replace_of', { no: w.channel_order_no })} onClick={() => setDialog({ kind: 'replace', orders: [w] })}>
                                {t('waiting.replace')}
                              </Button>
                            ) : null}
                            <Button size="small" disabled={urge.isPending} aria-label={w.urgency > 0 ? t('waiting.unurge_of', { no: w.channel_order_no }) : t('waiting.urge_of', { no: w.channel_order_no })} onClick={() => urge.mutate({ orders: [w], urgency: w.urgency > 0 ? 0 : URGENT })}>
                              {w.urgency > 0 ? t('waiting.unurge') : t('waiting.urge')}
                            </Button>
                          </span>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          </>
        )}
      </QueryState>
      {list.hasNextPage ? (
        <div className={css.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      ) : null}
      {dialog?.kind === 'agree' ? <AgreeDialog orders={dialog.orders} onDone={close} onClose={() => setDialog(null)} /> : null}
      {dialog?.kind === 'replace' ? <ReplaceDialog sku={sku} orders={dialog.orders} onDone={close} onClose={() => setDialog(null)} /> : null}
    </div>
  )
}

function OrderNo({ order }: { order: WaitingOrder }) {
  const { t } = useTranslation()
  const shop = useShops().find((s) => s.id === order.shop_id)
  return (
    <span className={css.stack}>
      <Link to="/orders/$id" params={{ id: order.order_id }} className={css.link}>
        {order.channel_order_no}
      </Link>
      <small>
        <ChannelBadge channel={order.channel} /> {shop?.name ?? ''} {order.state === 'awaiting_approval' ? <Tag tone="amber">{t('waiting.unapproved')}</Tag> : null}
      </small>
    </span>
  )
}

/** What of the order is missing: the SKU of the row, and whether it is the only one. */
function Missing({ order, sku }: { order: WaitingOrder; sku: string }) {
  const { t } = useTranslation()
  const own = order.missing.filter((p) => p.sku_id === sku)
  const others = new Set(order.missing.filter((p) => p.sku_id !== sku).map((p) => p.sku_id)).size
  return (
    <span className={css.stack}>
      <b>{t('waiting.pieces', { count: own.reduce((n, p) => n + p.pieces, 0), n: groupDigits(own.reduce((n, p) => n + p.pieces, 0)) })}</b>
      {own.some((p) => p.line_sku_id !== p.sku_id) ? <small>{t('waiting.in_bundle', { title: own.find((p) => p.line_sku_id !== p.sku_id)?.title ?? '' })}</small> : null}
      {others > 0 ? <small>{t('waiting.others', { count: others })}</small> : null}
    </span>
  )
}

const TONES: Record<string, Tone> = { wait: 'green', replace: 'blue', refund: 'red' }

function Agreed({ order }: { order: WaitingOrder }) {
  const { t } = useTranslation()
  return (
    <span className={css.stack}>
      <span className={css.marks}>
        {order.urgency > 0 ? <Tag tone="amber">{order.urgency >= URGENT ? t('waiting.urgent_by_us') : t('waiting.urgent_by_buyer')}</Tag> : null}
        {order.agreed ? <Tag tone={TONES[order.agreed]}>{t(`waiting.agreed_to.${order.agreed}`)}</Tag> : order.ask_buyer ? <Tag tone="blue">{t('waiting.ask')}</Tag> : null}
      </span>
      {order.promised_at ? (
        <small>
          {t('waiting.promised')} <Time at={order.promised_at} />
        </small>
      ) : null}
      {order.agreed_note ? <small className={css.note}>{order.agreed_note}</small> : null}
    </span>
  )
}
