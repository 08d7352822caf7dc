import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Blocker, Chosen, OrderDetail } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { Money } from '@/ui/Money'
import { SlaPill } from '@/ui/SlaPill'
import { ErrorBox } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { fulfillmentQuery, whyQuery } from './api'
import css from './fulfill.module.css'

/** Why an order is not shipped, who must act and by when; and why this warehouse, carrier and gift. */
export function WhyPanel({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const query = useQuery(whyQuery(order.id))
  if (query.error && !query.data) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />
  const { blockers = [], chosen = [] } = query.data ?? {}
  if (blockers.length === 0 && chosen.length === 0) return null
  const risk = blockers.find((b) => b.risk_fen != null)?.risk_fen
  return (
    <section className={css.why} aria-label={t('fulfill.why.title')}>
      {blockers.length > 0 ? (
        <>
          <header>
            <h3>{t('orders.why_not_shipped')}</h3>
            {risk == null ? null : (
              <span className={css.muted}>
                {t('fulfill.why.risk')} <Money fen={risk} />
              </span>
            )}
          </header>
          <ul>
            {blockers.map((b) => (
              <Reason key={`${b.kind} ${b.fulfillment_order_id}`} b={b} order={order} />
            ))}
          </ul>
        </>
      ) : null}
      {chosen.length > 0 ? (
        <details>
          <summary>{t('fulfill.why.chosen')}</summary>
          <ul>
            {chosen.map((c) => (
              <Choice key={`${c.what} ${c.fulfillment_order_id} ${c.chosen}`} c={c} />
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  )
}

/** Which of an order's several parcels something is about. */
function usePlace(order: OrderDetail, id: string): string {
  const { t } = useTranslation()
  const all = useQuery({ ...fulfillmentQuery(order.id), enabled: isId(id) }).data?.filter((f) => f.state === 'open') ?? []
  const at = all.findIndex((f) => f.id === id)
  return all.length > 1 && at >= 0 ? t('fulfill.number', { n: all.length - at, of: all.length }) : ''
}

function Reason({ b, order }: { b: Blocker; order: OrderDetail }) {
  const { t } = useTranslation()
  const place = usePlace(order, b.fulfillment_order_id)
  return (
    <li>
      <Tag tone={b.stops ? 'red' : 'blue'}>{b.stops ? t('fulfill.why.stops') : t('fulfill.why.step')}</Tag>
      <div>
        <strong>{b.text}</strong>
        {place ? <span className={css.muted}> · {place}</span> : null}
        {b.detail ? <p>{b.kind === 'address_incomplete' ? b.detail.split(',').map((f) => t(`review.fault.${f}`, { defaultValue: f })).join(', ') : b.detail}</p> : null}
        <p className={css.muted}>
          {t('orders.who_acts', { who: t(`orders.owner.${b.owner}`, { defaultValue: b.owner }) })} · {t('fulfill.why.ends', { how: b.ends })}
          {b.since_at ? (
            <>
              {' \u00b7 '}
              {t('fulfill.why.since')} <Time at={b.since_at} />
            </>
          ) : null}
        </p>
      </div>
      <SlaPill due={b.by_at} />
    </li>
  )
}

function Choice({ c }: { c: Chosen }) {
  const { t } = useTranslation()
  return (
    <li className={css.choice}>
      <span className={css.muted}>{t(`fulfill.why.what.${c.what}`)}</span>
      <div>
        <strong>{c.chosen || t('fulfill.why.nothing')}</strong>
        {c.fee_fen == null ? null : (
          <>
            {' '}
            <Money fen={c.fee_fen} />
          </>
        )}
        {c.because.map((text) => (
          <p key={text}>{text}</p>
        ))}
        {c.alternatives.length > 0 ? (
          <ul className={css.others} aria-label={t('fulfill.why.others')}>
            {c.alternatives.map((a) => (
              <li key={`${a.name} ${a.why_not}`}>
                {a.name}: {a.why_not}
                {a.fee_fen == null ? null : (
                  <>
                    {' '}
                    <Money fen={a.fee_fen} />
                  </>
                )}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </li>
  )
}
