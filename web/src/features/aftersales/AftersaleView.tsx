import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input } from 'antd'
import { Suspense, useState, type ComponentType, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { AftersaleDetail } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { useChannelFaces, useShops, useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { SlaPill } from '@/ui/SlaPill'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { DecideDialog } from './DecideDialog'
import { Actions } from './AftersalesView'
import { AdviceText, Goods, GoodsTag, OrderLink, ParcelCell, ShopName, StateTag } from './parts'
import { STALE } from './queries'
import css from './aftersales.module.css'

/** What is made to make good for a case; the page brings it. */
type FollowUpsPart = ComponentType<{ orderId: string; caseId: string; kind: string }>

/** One case whole: what is asked, what it is about, what came back, and what to answer. */
export function AftersaleView({ id, FollowUps }: { id: string; FollowUps?: FollowUpsPart }) {
  const { t } = useTranslation()
  const query = useQuery({ queryKey: ['aftersales', 'one', id], queryFn: ({ signal }) => api.get('/aftersales/{id}', { path: { id }, signal }), refetchInterval: 20_000 })
  return (
    <Page title={query.data ? t('aftersales.one_title', { no: query.data.case_no }) : t('aftersales.title')} actions={<Link to="/aftersales">{t('aftersales.back')}</Link>}>
      <QueryState query={query}>{(one) => <Detail one={one} FollowUps={FollowUps} />}</QueryState>
    </Page>
  )
}

function Detail({ one, FollowUps }: { one: AftersaleDetail; FollowUps?: FollowUpsPart | undefined }) {
  const { t } = useTranslation()
  return (
    <div className={css.columns}>
      <div className={css.main}>
        <Panel title={t('aftersales.asked')}>
          <dl className={css.facts}>
            <Fact name={t('aftersales.state_title')}>
              <StateTag one={one} /> <GoodsTag one={one} />
            </Fact>
            <Fact name={t('aftersales.kind_title')}>{t(`aftersales.kind.${one.kind}`)}</Fact>
            <Fact name={t('aftersales.amount')}>
              <Money fen={one.refund_fen} strong />
            </Fact>
            <Fact name={t('aftersales.shop')}>
              <ShopName shopId={one.shop_id} />
            </Fact>
            <Fact name={t('aftersales.order')}>
              <OrderLink one={one} />
            </Fact>
            <Fact name={t('aftersales.buyer')}>{one.buyer_nick || '\u2013'}</Fact>
            <Fact name={t('aftersales.reason')}>{one.reason || '\u2013'}</Fact>
            <Fact name={t('aftersales.opened_at')}>
              <Time at={one.opened_at} />
            </Fact>
            <Fact name={t('aftersales.return_no')}>{[one.return_carrier, one.return_waybill].filter(Boolean).join(' ') || '\u2013'}</Fact>
            <Fact name={t('aftersales.raw')}>{(one.source === 'own' ? '' : one.state_raw) || '\u2013'}</Fact>
          </dl>
        </Panel>
        <Panel title={t('aftersales.lines')} flush>
          <DataTable
            label={t('aftersales.lines')}
            rows={one.lines}
            rowKey={(l) => l.line_id}
            empty={<Empty title={t('aftersales.no_order')} />}
            columns={[
              { key: 'goods', title: t('aftersales.goods_title'), render: (l) => <Goods line={l} /> },
              { key: 'asked', title: t('aftersales.asked_n'), align: 'right', render: (l) => l.asked },
              { key: 'shipped', title: t('aftersales.shipped_n'), align: 'right', render: (l) => `${l.shipped} / ${l.ordered}` },
              { key: 'back', title: t('aftersales.back_n'), align: 'right', render: (l) => (l.good + l.defective + l.missing > 0 ? t('aftersales.graded', { good: l.good, defective: l.defective, missing: l.missing }) : l.returned || '\u2013') },
              { key: 'paid', title: t('aftersales.paid'), align: 'right', render: (l) => <Money fen={l.paid_fen} /> },
              { key: 'refunded', title: t('aftersales.refunded'), align: 'right', render: (l) => <Money fen={l.refunded_fen} /> },
            ]}
          />
        </Panel>
        <Panel title={t('aftersales.evidence')}>
          <p className={css.words}>{one.buyer_note || t('aftersales.no_note')}</p>
          {one.evidence.length > 0 ? (
            <ul className={css.links}>
              {one.evidence.map((address, i) => (
                <li key={address}>
                  <a href={address} target="_blank" rel="noreferrer noopener">
                    {t('aftersales.evidence_n', { n: i + 1 })}
                  </a>
                </li>
              ))}
            </ul>
          ) : (
            <p className={css.muted}>{t('aftersales.no_evidence')}</p>
          )}
        </Panel>
        <Back one={one} />
        <Panel title={t('aftersales.history')}>
          <ol className={css.history}>
            {one.history.map((e) => (
              <li key={e.id}>
                <Time at={e.name === 'aftersale.case_opened' ? (one.opened_at ?? e.at) : e.at} />
                <span>{happened(t, e)}</span>
                <span className={css.muted}>{e.actor_kind === 'system' ? t('aftersales.channel_says') : e.actor_name}</span>
              </li>
            ))}
          </ol>
        </Panel>
      </div>
      <div className={css.side}>
        <Decision one={one} />
        {FollowUps && isId(one.order_id) ? (
          <Panel title={t('aftersales.follow_ups')}>
            <Suspense fallback={null}>
              <FollowUps orderId={one.order_id} caseId={one.id} kind={one.kind} />
            </Suspense>
          </Panel>
        ) : null}
        <Outgoing one={one} />
        <Panel title={t('aftersales.others')} note={t('aftersales.others_note')}>
          {one.others.length === 0 ? <p className={css.muted}>{t('aftersales.no_others')}</p> : null}
          <ul className={css.others}>
            {one.others.map((o) => (
              <li key={o.id}>
                <Link to="/aftersales/$id" params={{ id: o.id }}>
                  {o.case_no}
                </Link>
                <span className={css.tags}>
                  {t(`aftersales.kind.${o.kind}`)} <StateTag one={o} /> <Money fen={o.refund_fen} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function happened(t: (key: string, values?: Record<string, unknown>) => string, e: AftersaleDetail['history'][number]): string {
  const body = (typeof e.body === 'object' && e.body !== null ? e.body : {}) as Record<string, unknown>
  switch (e.name) {
    case 'aftersale.case_opened':
      return t('aftersales.event.opened')
    case 'aftersale.case_moved':
      return t('aftersales.event.moved', { from: t(`aftersales.state.${String(body.from)}`), to: t(`aftersales.state.${String(body.to)}`) })
    case 'aftersale.case_decided':
      return body.approve ? t('aftersales.event.agreed') : t('aftersales.event.refused')
    case 'aftersale.parcel_arrived':
      return t('aftersales.event.arrived')
    case 'aftersale.goods_inspected':
      return t('aftersales.event.inspected', { good: body.good, defective: body.defective, missing: body.missing })
    case 'aftersale.goods_given_up':
      return t('aftersales.event.given_up')
    default:
      return e.name
  }
}

/** What we recommend, what this channel takes from here, and the buttons. */
function Decision({ one }: { one: AftersaleDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const [approve, setApprove] = useState<boolean | null>(null)
  const [giving, setGiving] = useState(false)
  const face = useChannelFaces()
  const shop = useShops().find((s) => s.id === one.shop_id)
  const channel = shop ? face(shop.channel).name : ''
  return (
    <Panel title={t('aftersales.decision_title')}>
      <div className={css.decision}>
        {one.respond_by_at && (one.state === 'requested' || one.state === 'receiving') ? <SlaPill due={one.respond_by_at} /> : null}
        <AdviceText one={one} />
        {one.decidable && !can('refund.approve') ? <p className={css.muted}>{t('aftersales.not_allowed')}</p> : null}
        <Actions one={one} mayDecide={can('refund.approve')} onDecide={setApprove} />
        {one.answer?.message ? <p className={css.bad}>{one.answer.message}</p> : null}
        {one.decision ? (
          <p className={css.muted}>
            {t('aftersales.decided_by', { name: one.decided_name, decision: t(`aftersales.decision.${one.decision}`) })} <Time at={one.decided_at} />
          </p>
        ) : null}
        <p className={css.muted}>{one.source === 'own' ? t('aftersales.own') : one.decides ? t('aftersales.takes', { channel }) : t('aftersales.takes_not', { channel })}</p>
        {one.goods === 'awaited' && can('refund.approve') ? <Button onClick={() => setGiving(true)}>{t('aftersales.give_up')}</Button> : null}
        {one.goods === 'given_up' ? <p className={css.muted}>{t('aftersales.given_up_why', { reason: one.given_up_reason })}</p> : null}
      </div>
      {approve === null ? null : <DecideDialog one={one} approve={approve} onClose={() => setApprove(null)} />}
      {giving ? <GiveUpDialog one={one} onClose={() => setGiving(false)} /> : null}
    </Panel>
  )
}

export function GiveUpDialog({ one, onClose }: { one: { id: string; case_no: string }; onClose: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const save = useAction({ run: (body: object, key) => api.post('/aftersales/{id}/give-up', body, { path: { id: one.id }, key }), invalidates: STALE, onSuccess: onClose })
  return (
    <FormDialog title={t('aftersales.give_up_title', { no: one.case_no })} action={t('aftersales.give_up')} danger valid={reason.trim() !== ''} saving={save.isPending} error={save.error} onSave={() => save.mutate({ reason: reason.trim() })} onClose={onClose}>
      <p>{t('aftersales.give_up_hint')}</p>
      <Field label={t('aftersales.why_title')}>
        <Input autoFocus maxLength={200} aria-label={t('aftersales.why_title')} value={reason} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </FormDialog>
  )
}

/** Where the goods are on their way out, and whether the next scan stops them. */
function Outgoing({ one }: { one: AftersaleDetail }) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  return (
    <Panel title={t('aftersales.outgoing')}>
      <ParcelCell one={one} />
      <ul className={css.others}>
        {one.outgoing.map((o) => (
          <li key={o.fulfillment_order_id}>
            <span className={css.tags}>
              {warehouses.find((w) => w.id === o.warehouse_id)?.name} <Tag>{t(`aftersales.fulfillment.${o.state}`)}</Tag>
              {o.papers ? <Tag tone="amber">{t(`aftersales.papers.${o.papers}`)}</Tag> : null}
              {o.stopped ? <Tag tone="red">{t('aftersales.stopped')}</Tag> : null}
            </span>
            {o.stopped ? <span className={css.muted}>{o.message}</span> : null}
            {o.stopped && o.papers ? <Link to="/hits">{t('aftersales.to_hits')}</Link> : null}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** What came back for the case, parcel by parcel. */
function Back({ one }: { one: AftersaleDetail }) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  if (one.parcels.length === 0 && one.goods === 'none') return null
  return (
    <Panel title={t('aftersales.parcels')} flush>
      <DataTable
        label={t('aftersales.parcels')}
        rows={one.parcels}
        rowKey={(p) => p.id}
        empty={
          <Empty title={t('aftersales.no_parcels')}>
            <Link to="/returns" search={{ code: one.return_waybill || one.case_no }}>
              {t('aftersales.act.inspect')}
            </Link>
          </Empty>
        }
        columns={[
          { key: 'no', title: t('aftersales.return_no'), render: (p) => p.waybill_no || t('aftersales.unreadable') },
          { key: 'state', title: t('aftersales.state_title'), render: (p) => <Tag tone={p.state === 'inspected' ? 'green' : 'blue'}>{t(`aftersales.parcel_state.${p.state}`)}</Tag> },
          { key: 'house', title: t('aftersales.warehouse'), render: (p) => warehouses.find((w) => w.id === p.warehouse_id)?.name ?? '\u2013' },
          { key: 'got', title: t('aftersales.back_n'), render: (p) => sum(t, p.lines) },
          { key: 'note', title: t('aftersales.note'), render: (p) => p.note || '\u2013' },
          { key: 'who', title: t('aftersales.who'), render: (p) => p.inspected_name || p.received_name },
          { key: 'at', title: t('aftersales.at'), render: (p) => <Time at={p.inspected_at ?? p.received_at} /> },
        ]}
      />
    </Panel>
  )
}

/** How many pieces of each grade. */
export function sum(t: (key: string, values?: Record<string, unknown>) => string, lines: { good: number; defective: number; missing: number }[]): string {
  if (lines.length === 0) return '\u2013'
  const all = lines.reduce((s, l) => ({ good: s.good + l.good, defective: s.defective + l.defective, missing: s.missing + l.missing }), { good: 0, defective: 0, missing: 0 })
  return t('aftersales.graded', all)
}
