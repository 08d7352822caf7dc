import { Button } from 'antd'
import { lazy, Suspense, use, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuery } from '@tanstack/react-query'
import type { OrderDetail, Parcel } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { channelsQuery, useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { Money } from '@/ui/Money'
import { FlagMark, Quantity, ShipClock, StateTag, Thumb } from '@/ui/orders/parts'
import { QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { CopyButton } from '@/ui/Copyable'
import { orderEventsQuery } from './api'
import type { BulkAction, Edit } from './bulk'
import { EventText } from './EventText'
import { OrderExtras } from './extras'
import { NoteEditor } from './NoteEditor'
import css from './orders.module.css'
import { Receiver } from './Receiver'
import { useOffers } from './rights'

const ChannelPanel = lazy(() => import('./ChannelPanel').then((m) => ({ default: m.ChannelPanel })))
const TransitLegs = lazy(() => import('./TransitLegs').then((m) => ({ default: m.TransitLegs })))
const WaybillDialog = lazy(() => import('./ChannelPanel').then((m) => ({ default: m.WaybillDialog })))
const EditDialog = lazy(() => import('./EditDialog'))

interface BodyProps {
  order: OrderDetail
  onAct: (action: BulkAction) => void
  /** What the page around it offers already. */
  besides?: readonly BulkAction[]
  /** What the page around it offers more, behind the steps. */
  more?: ReactNode
}

const SECONDARY: BulkAction[] = ['approve-finance', 'hold', 'release', 'flag', 'tag', 'archive', 'unarchive', 'revoke-approval', 'close']
const EDITS = ['change-address', 'change-lines', 'adjust-price'] as const

/** One order whole: what it waits for, to whom it goes, what is in it, what it costs, what happened. */
export function OrderDetailBody({ order, onAct, besides = [], more }: BodyProps) {
  const { t } = useTranslation()
  const [edit, setEdit] = useState<Edit | null>(null)
  const { Why, Fulfillment, FollowUps } = use(OrderExtras)
  const offers = useOffers()
  const shop = useShops().find((s) => s.id === order.shop_id)
  return (
    <div className={css.detail}>
      <div className={css.summary}>
        <StateTag state={order.state} />
        <ShipClock row={order} />
        <FlagMark flag={order.flag} />
        {order.order_type === 'normal' ? null : <Tag>{t(`orders.type.${order.order_type}`)}</Tag>}
        {order.tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
        {order.in_aftersale ? <Tag tone="red">{t('orders.in_aftersale')}</Tag> : null}
        {order.history ? <Tag title={t('orders.history_hint')}>{t('orders.history')}</Tag> : null}
        {order.buyer_paid_fen == null ? null : <Money fen={order.buyer_paid_fen} strong />}
      </div>
      {Why ? (
        <Suspense fallback={null}>
          <Why order={order} />
        </Suspense>
      ) : null}
      <div className={css.rowButtons}>
        {SECONDARY.filter((action) => !besides.includes(action) && offers(order, action)).map((action) => (
          <Button key={action} onClick={() => onAct(action)}>
            {t(`orders.action.${action}`)}
          </Button>
        ))}
        {EDITS.filter((action) => offers(order, action)).map((action) => (
          <Button key={action} onClick={() => setEdit(action)}>
            {t(`orders.edit.${action}`)}
          </Button>
        ))}
        {more}
      </div>
      <dl className={css.facts}>
        <dt>{t('orders.shop')}</dt>
        <dd>{order.shop_name}</dd>
        <Receiver order={order} />
        <dt>{t('orders.buyer')}</dt>
        <dd>{order.buyer_nick || '\u2013'}</dd>
        <dt>{t('orders.buyer_note')}</dt>
        <dd>{order.buyer_note || '\u2013'}</dd>
        <dt>{t('orders.seller_note')}</dt>
        <dd>
          <NoteEditor order={order} />
        </dd>
        <dt>{t('orders.times')}</dt>
        <dd>
          {(['placed_at', 'paid_at', 'ship_by_at', 'shipped_at', 'completed_at'] as const)
            .filter((key) => order[key])
            .map((key) => (
              <div key={key}>
                <span className={css.muted}>{t(`orders.time.${key}`)}</span> <Time at={order[key]} />
              </div>
            ))}
        </dd>
        <dt>{t('orders.channel_says')}</dt>
        <dd>
          {order.channel_status_raw || '\u2013'}
          {order.closed_reason ? ` \u00b7 ${t('orders.closed_because', { reason: t(`orders.close_reasons.${order.closed_reason}`, { defaultValue: order.closed_reason }) })}` : ''}
        </dd>
      </dl>
      <section>
        <h3>{t('orders.items_title', { count: order.quantity })}</h3>
        <Lines order={order} />
      </section>
      <Sums order={order} />
      {Fulfillment ? (
        <Suspense fallback={null}>
          <Fulfillment order={order} />
        </Suspense>
      ) : null}
      {FollowUps ? (
        <Suspense fallback={null}>
          <FollowUps order={order} />
        </Suspense>
      ) : null}
      <section>
        <h3>{t('orders.parcels')}</h3>
        <Parcels order={order} />
      </section>
      {order.channel_flags.includes('consolidation') ? (
        <Suspense fallback={null}>
          <TransitLegs orderId={order.id} />
        </Suspense>
      ) : null}
      {shop?.mode === 'api' ? (
        <Suspense fallback={null}>
          <ChannelPanel order={order} />
        </Suspense>
      ) : null}
      <section>
        <h3>{t('orders.timeline')}</h3>
        <Timeline id={order.id} />
      </section>
      <Suspense fallback={null}>{edit ? <EditDialog edit={edit} order={order} onClose={() => setEdit(null)} /> : null}</Suspense>
    </div>
  )
}

function Lines({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  return (
    <div className={css.lines}>
      {order.line_details.map((line) => (
        <div key={line.id} className={css.detailLine}>
          <Thumb line={line} size={36} />
          <span className={css.lineText}>
            <span>
              {line.is_gift ? <Tag tone="green">{t('orders.gift')}</Tag> : null} {line.title}
            </span>
            <span className={css.muted}>
              {[line.spec, line.sku_code].filter(Boolean).join(' \u00b7 ')} {isId(line.sku_id) ? null : t('orders.unmapped')}
              {line.shipped > 0 ? ` \u00b7 ${t('orders.line_shipped', { count: line.shipped })}` : ''}
              {line.reshipped > 0 ? ` \u00b7 ${t('orders.line_reshipped', { count: line.reshipped })}` : ''}
              {line.cancelled > 0 ? ` \u00b7 ${t('orders.line_cancelled', { count: line.cancelled })}` : ''}
            </span>
            {line.refund_state !== 'none' ? (
              <span>
                <Tag tone="red">{t(`orders.refund.${line.refund_state}`)}</Tag>
              </span>
            ) : null}
          </span>
          <Money fen={line.price_fen} />
          <span className={css.right}>
            <Quantity line={line} />
          </span>
        </div>
      ))}
    </div>
  )
}

const SUMS = [
  ['goods_fen', 1],
  ['price_change_fen', 1],
  ['merchant_discount_fen', -1],
  ['platform_discount_fen', -1],
  ['talent_discount_fen', -1],
  ['payment_discount_fen', -1],
  ['freight_fen', 1],
  ['buyer_paid_fen', 1],
  ['receivable_fen', 1],
  ['refund_fen', -1],
] as const

function Sums({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const known = SUMS.filter(([key]) => order.money[key] != null && (order.money[key] !== 0 || key === 'buyer_paid_fen' || key === 'goods_fen'))
  if (known.length === 0) return null
  return (
    <section>
      <h3>{t('orders.amounts')}</h3>
      <dl className={css.sums}>
        {known.map(([key, sign]) => (
          <Sum key={key} label={t(`orders.money.${key}`)} fen={(order.money[key] ?? 0) * sign} strong={key === 'buyer_paid_fen'} />
        ))}
      </dl>
    </section>
  )
}

function Sum({ label, fen, strong }: { label: string; fen: number; strong: boolean }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <Money fen={fen} strong={strong} />
      </dd>
    </>
  )
}

function Parcels({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const [changing, setChanging] = useState<Parcel | null>(null)
  const mayShip = useCan()('fulfillment.ship')
  const shop = useShops().find((s) => s.id === order.shop_id)
  const channel = useQuery(channelsQuery).data?.find((c) => c.code === order.channel)
  const tells = shop?.mode === 'api' && (channel?.capabilities.includes('change_waybill') ?? false)
  if (order.parcels.length === 0) return <p className={css.muted}>{t('orders.no_parcels')}</p>
  return (
    <div className={css.lines}>
      {order.parcels.map((p) => (
        <div key={p.id} className={css.detailLine} style={{ gridTemplateColumns: 'minmax(0,1fr) auto' }}>
          <span className={css.lineText}>
            <span>
              {p.carrier_name || t(`orders.parcel_kind.${p.kind}`, { defaultValue: p.kind })} {p.waybill_no} {p.waybill_no ? <CopyButton text={p.waybill_no} label={t('orders.copy_waybill')} /> : null}
            </span>
            <span className={css.muted}>
              {mayShip && p.kind === 'express' && p.waybill_no ? (
                <button type="button" className={css.link} onClick={() => setChanging(p)}>
                  {t('orders.change_waybill')}
                </button>
              ) : null}{' '}
              {p.warehouse_name} {p.kind === 'elsewhere' ? t('orders.parcel_kind.elsewhere') : p.reported_at ? t('orders.reported') : t('orders.unreported')}
            </span>
          </span>
          <Time at={p.shipped_at} />
        </div>
      ))}
      <Suspense fallback={null}>{changing ? <WaybillDialog parcel={changing} tells={tells} onClose={() => setChanging(null)} /> : null}</Suspense>
    </div>
  )
}

function Timeline({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery(orderEventsQuery(id))
  return (
    <QueryState query={query} skeletonRows={3}>
      {(events) => (
        <ol className={css.timeline}>
          {events.map((e) => (
            <li key={e.id}>
              <EventText event={e} />
              <div className={css.muted}>
                {e.actor_name ? `${e.actor_name === 'system' ? t('orders.by_system') : e.actor_name} \u00b7 ` : ''}
                <Time at={e.at} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </QueryState>
  )
}
