import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { LinkedOrder, OrderDetail } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { CopyButton } from '@/ui/Copyable'
import { Money } from '@/ui/Money'
import { StateTag } from '@/ui/orders/parts'
import { ErrorBox } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import type { Kind } from './draft'
import css from './followups.module.css'

const FollowUpDialog = lazy(() => import('./FollowUpDialog'))

/** What was made to make good for an order, what it was made of, and the two buttons. */
export function FollowUps({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const may = useCan()('order.reship') && order.line_details.some((l) => l.shipped > 0)
  if (!may && order.follow_ups.length === 0 && !order.made_from) return null
  return (
    <section aria-label={t('followups.section')}>
      <h3>{t('followups.section')}</h3>
      {order.made_from ? <One one={order.made_from} origin /> : null}
      {order.follow_ups.map((f) => (
        <One key={f.order_id} one={f} />
      ))}
      {may ? <Buttons orderId={order.id} /> : null}
    </section>
  )
}

/** The same for an after-sale case. */
export function CaseFollowUps({ orderId, caseId, kind }: { orderId: string; caseId: string; kind: string }) {
  const { t } = useTranslation()
  const can = useCan()('order.reship')
  const query = useQuery({ queryKey: ['orders', 'one', orderId], queryFn: ({ signal }) => api.get('/orders/{id}', { path: { id: orderId }, signal }) })
  const may = can && query.data?.line_details.some((l) => l.shipped > 0)
  const all = query.data?.follow_ups.filter((f) => f.case_id === caseId) ?? []
  if (query.error && !query.data) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />
  return (
    <>
      {all.map((f) => (
        <One key={f.order_id} one={f} />
      ))}
      {all.length === 0 ? <p className={css.muted}>{t('followups.none')}</p> : null}
      {kind === 'exchange' && all.some((f) => f.waybill_no) ? <p className={css.muted}>{t('followups.tell_channel')}</p> : null}
      {may ? <Buttons orderId={orderId} caseId={caseId} /> : null}
    </>
  )
}

function Buttons({ orderId, caseId }: { orderId: string; caseId?: string }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<Kind | null>(null)
  return (
    <div className={css.buttons}>
      {(['reship', 'exchange'] as const).map((one) => (
        <Button key={one} onClick={() => setKind(one)}>
          {t(`followups.make.${one}`)}
        </Button>
      ))}
      <Suspense fallback={null}>{kind ? <FollowUpDialog orderId={orderId} kind={kind} caseId={caseId} onClose={() => setKind(null)} /> : null}</Suspense>
    </div>
  )
}

function One({ one, origin }: { one: LinkedOrder; origin?: boolean }) {
  const { t } = useTranslation()
  const apart = one.difference_fen != null && one.difference_fen !== 0
  return (
    <div className={css.one}>
      <span className={css.tags}>
        <Tag tone={one.kind === 'exchange' ? 'blue' : 'amber'}>{origin ? t(`followups.of.${one.kind}`) : t(`orders.type.${one.kind}`)}</Tag>
        <Link to="/orders/$id" params={{ id: one.order_id }}>
          {one.channel_order_no}
        </Link>
        <StateTag state={one.state} />
        {one.waybill_no ? (
          <span>
            {one.carrier_name} {one.waybill_no} <CopyButton text={one.waybill_no} label={t('orders.copy_waybill')} />
          </span>
        ) : null}
      </span>
      <span className={css.muted}>
        {one.reason} · {t(`followups.liable.${one.liable}`)}
        {one.kind === 'exchange' ? ` \u00b7 ${t(`followups.when.${one.when}`)}` : ''}
        {apart ? (
          <>
            {' \u00b7 '}
            {t('followups.difference')} <Money fen={one.difference_fen} /> {one.settlement === 'none' ? null : t(`followups.settled.${one.settlement}`)}
          </>
        ) : null}
      </span>
    </div>
  )
}
