import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { FulfillmentOrder, OrderDetail } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { SlaPill } from '@/ui/SlaPill'
import { QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { EDIT_KEYS, fulfillmentQuery } from './api'
import css from './fulfill.module.css'
import { MergeDialog } from './MergeDialog'
import { SplitDialog } from './SplitDialog'
import { UnmergeDialog } from './UnmergeDialog'

type Doing = { what: 'split' | 'merge' | 'unmerge'; f: FulfillmentOrder }

/** The fulfillment orders of an order: what leaves from where, and how they are split and merged. */
export function OrderFulfillment({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const query = useQuery(fulfillmentQuery(order.id))
  const [doing, setDoing] = useState<Doing | null>(null)
  if (query.data && query.data.filter((f) => f.state === 'open' || f.state === 'shipped').length === 0) return null
  return (
    <section>
      <h3>{t('fulfill.title')}</h3>
      <QueryState query={query} skeletonRows={2}>
        {(all) => {
          const live = all.filter((f) => f.state === 'open' || f.state === 'shipped').toReversed()
          return (
            <div className={css.orders}>
              {live.map((f, i) => (
                <One key={f.id} f={f} order={order} name={t('fulfill.number', { n: i + 1, of: live.length })} onDo={(what) => setDoing({ what, f })} />
              ))}
            </div>
          )
        }}
      </QueryState>
      {doing?.what === 'split' ? <SplitDialog f={doing.f} onClose={() => setDoing(null)} /> : null}
      {doing?.what === 'merge' ? <MergeDialog f={doing.f} onClose={() => setDoing(null)} /> : null}
      {doing?.what === 'unmerge' ? <UnmergeDialog f={doing.f} onClose={() => setDoing(null)} /> : null}
    </section>
  )
}

interface OneProps {
  f: FulfillmentOrder
  order: OrderDetail
  name: string
  onDo: (what: Doing['what']) => void
}

function One({ f, order, name, onDo }: OneProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const can = useCan()
  const release = useAction({
    run: (id: string, key) => api.post('/fulfillment-orders/{id}/release', undefined, { path: { id }, key }),
    invalidates: EDIT_KEYS,
    onSuccess: () => toast.ok(t('fulfill.released')),
    onError: toast.bad,
  })
  const mine = f.lines.filter((l) => l.order_id === order.id)
  const pieces = f.lines.reduce((n, l) => n + l.quantity - l.shipped, 0)
  const free = f.state === 'open' && f.sealed === '' && !f.lines.some((l) => l.shipped > 0)
  const title = (lineId: string) => {
    const line = order.line_details.find((l) => l.id === lineId)
    return line ? [line.title, line.spec].filter(Boolean).join(' \u00b7 ') : ''
  }
  return (
    <div className={css.order}>
      <div className={css.head}>
        <strong>{name}</strong>
        <span>{f.warehouse_name}</span>
        {f.kind === 'express' ? null : <Tag>{t(`fulfill.kind.${f.kind}`)}</Tag>}
        {f.state === 'shipped' ? <Tag tone="green">{t('fulfill.state.shipped')}</Tag> : null}
        {f.sealed ? (
          <Tag tone="amber" title={t('fulfill.sealed_hint')}>
            {t(`fulfill.sealed.${f.sealed}`)}
          </Tag>
        ) : null}
        {f.hold ? <Tag tone="red">{t(`fulfill.hold.${f.hold}`)}</Tag> : null}
        {f.order_count > 1 ? <Tag tone="blue">{t('fulfill.merged_with', { count: f.order_count - 1 })}</Tag> : null}
        {f.presale_at ? (
          <span className={css.muted}>
            {t('fulfill.not_before')} <Time at={f.presale_at} />
          </span>
        ) : null}
        {f.state === 'open' ? <SlaPill due={f.ship_by_at} /> : null}
      </div>
      <ul>
        {mine.map((l) => (
          <li key={l.line_id}>
            {title(l.line_id)} × {l.quantity}
            {l.shipped > 0 && l.shipped < l.quantity ? <span className={css.muted}> {t('fulfill.shipped_of', { count: l.shipped })}</span> : null}
          </li>
        ))}
      </ul>
      <div className={css.buttons}>
        {free && pieces > 1 && can('fulfillment.split') ? <Button onClick={() => onDo('split')}>{t('fulfill.split.action')}</Button> : null}
        {free && can('fulfillment.merge') ? (
          <Button disabled={!f.can_merge} title={f.can_merge ? undefined : t('fulfill.merge.unknown')} onClick={() => onDo('merge')}>
            {t('fulfill.merge.action')}
          </Button>
        ) : null}
        {free && f.order_count > 1 && can('fulfillment.merge') ? <Button onClick={() => onDo('unmerge')}>{t('fulfill.unmerge.action')}</Button> : null}
        {f.state === 'open' && f.hold === 'merged_order_changed' && can('fulfillment.merge') ? (
          <Button loading={release.isPending} onClick={() => release.mutate(f.id)}>
            {t('fulfill.release')}
          </Button>
        ) : null}
      </div>
    </div>
  )
}
