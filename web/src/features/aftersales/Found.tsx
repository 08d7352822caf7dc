import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Aftersale, AftersaleLine } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { DataTable } from '@/ui/DataTable'
import { Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { AdviceText, Goods, GoodsTag, OrderLink, ShopName, StateTag } from './parts'
import { graded, leftOf, STALE, whole, type Counted } from './queries'
import css from './aftersales.module.css'

interface FoundProps {
  code: string
  warehouse: string
  onDone: () => void
}

/** What a scanned number leads to: the case to inspect, or a parcel that nobody knows. */
export function Found({ code, warehouse, onDone }: FoundProps) {
  const { t } = useTranslation()
  const [at, setAt] = useState(0)
  const query = useQuery({ queryKey: ['aftersales', 'found', code], queryFn: ({ signal }) => api.get('/returns/find', { query: { code }, signal }), retry: false })
  return (
    <Panel title={t('aftersales.found', { code })} actions={<Button onClick={onDone}>{t('aftersales.put_away')}</Button>}>
      <QueryState query={query} skeletonRows={3}>
        {(found) => {
          const one = found.cases[at]
          const before = found.parcels.find((p) => p.state === 'inspected')
          if (!one) return <Ownerless code={code} warehouse={warehouse} known={found.parcels.length > 0} orderNo={found.channel_order_no} onDone={onDone} />
          return (
            <div className={css.found}>
              {found.cases.length > 1 ? (
                <div className={css.bar}>
                  {found.cases.map((c, i) => (
                    <button key={c.id} type="button" className={css.chip} aria-pressed={i === at} onClick={() => setAt(i)}>
                      {c.case_no}
                    </button>
                  ))}
                </div>
              ) : null}
              {before ? (
                <p className={css.warn} role="status">
                  {t('aftersales.seen_before', { name: before.inspected_name })} <Time at={before.inspected_at} />
                </p>
              ) : null}
              <Inspect key={one.id} one={one} rest={at === 0 ? found.rest : []} code={code} warehouse={warehouse} onDone={onDone} />
            </div>
          )
        }}
      </QueryState>
    </Panel>
  )
}

interface InspectProps {
  one: Aftersale
  rest: AftersaleLine[]
  code: string
  warehouse: string
  onDone: () => void
}

/** Counts what is in the parcel. All that is expected counts as good until a person says otherwise. */
function Inspect({ one, rest, code, warehouse, onDone }: InspectProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [counted, setCounted] = useState<Record<string, Counted>>(() => whole(one.lines))
  const [note, setNote] = useState('')
  const none = { good: 0, defective: 0, missing: 0 }
  const lines = [...one.lines.map((l) => ({ ...l, beside: false })), ...rest.map((l) => ({ ...l, beside: true }))]
  const rows = lines.map((l) => ({ line: l, n: counted[l.line_id] ?? none, most: l.beside ? Math.max(0, l.shipped - l.returned) : leftOf(l) }))
  const sums = rows.reduce((s, r) => ({ good: s.good + r.n.good, defective: s.defective + r.n.defective, missing: s.missing + r.n.missing }), none)
  const save = useAction({
    run: (body: object, key) => api.post('/returns', body, { key }),
    invalidates: STALE,
    onSuccess: () => {
      toast.ok(t('aftersales.booked', { good: sums.good, defective: sums.defective }))
      onDone()
    },
  })
  // The number that was scanned is the parcel's, unless it names the case or its order.
  const scanned = code.replaceAll(/\s/g, '').toUpperCase()
  const waybill = scanned === one.case_no.toUpperCase() || scanned === one.channel_order_no.toUpperCase() ? one.return_waybill : scanned
  const submit = () =>
    save.mutate({
      case_id: one.id,
      waybill_no: waybill || undefined,
      carrier: one.return_carrier || undefined,
      warehouse_id: warehouse,
      note: note.trim() || undefined,
      lines: rows.filter((r) => r.n.good + r.n.defective + r.n.missing > 0).map((r) => ({ line_id: r.line.line_id, ...r.n })),
    })
  return (
    <>
      <div className={css.headline}>
        <strong>{one.case_no}</strong> {t(`aftersales.kind.${one.kind}`)} <StateTag one={one} /> <GoodsTag one={one} />
        <ShopName shopId={one.shop_id} />
        <OrderLink one={one} />
        <AdviceText one={one} />
      </div>
      <DataTable
        label={t('aftersales.counted')}
        rows={rows}
        rowKey={(r) => r.line.line_id}
        empty={<Empty title={t('aftersales.no_order')} />}
        columns={[
          {
            key: 'goods',
            title: t('aftersales.goods_title'),
            render: ({ line }) => (
              <span className={css.lines}>
                <Goods line={line} />
                {line.beside ? <span className={css.muted}>{t('aftersales.beside')}</span> : null}
                {isId(line.sku_id) ? null : <span className={css.warn}>{t('aftersales.unmapped')}</span>}
              </span>
            ),
          },
          { key: 'expected', title: t('aftersales.expected_n'), align: 'right', render: ({ line, most }) => (line.beside ? '\u2013' : most) },
          ...(['good', 'defective', 'missing'] as const).map((grade) => ({
            key: grade,
            title: t(`aftersales.grade.${grade}`),
            align: 'center' as const,
            render: ({ line, n, most }: (typeof rows)[number]) => (
              <span className={css.stepper}>
                <button type="button" aria-label={t('aftersales.less', { grade: t(`aftersales.grade.${grade}`), goods: line.title })} disabled={n[grade] === 0} onClick={() => setCounted({ ...counted, [line.line_id]: graded(n, grade, -1, most) })}>
                  {'\u2212'}
                </button>
                <output aria-label={t(`aftersales.grade.${grade}`)}>{n[grade]}</output>
                <button type="button" aria-label={t('aftersales.more_of', { grade: t(`aftersales.grade.${grade}`), goods: line.title })} disabled={n[grade] >= most} onClick={() => setCounted({ ...counted, [line.line_id]: graded(n, grade, 1, most) })}>
                  +
                </button>
              </span>
            ),
          })),
        ]}
      />
      <div className={css.scan}>
        <Input className={css.note} maxLength={200} aria-label={t('aftersales.note')} placeholder={t('aftersales.note')} value={note} onChange={(e) => setNote(e.target.value)} />
        <Button type="primary" size="large" disabled={sums.good + sums.defective + sums.missing === 0} loading={save.isPending} onClick={submit}>
          {t('aftersales.book', sums)}
        </Button>
      </div>
      {save.error ? <ErrorBox error={save.error} onRetry={submit} /> : null}
    </>
  )
}

interface OwnerlessProps {
  code: string
  warehouse: string
  known: boolean
  orderNo: string
  onDone: () => void
}

/** A number without a case: the parcel is written down and waits for one. */
function Ownerless({ code, warehouse, known, orderNo, onDone }: OwnerlessProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [note, setNote] = useState('')
  const save = useAction({
    run: (body: object, key) => api.post('/returns/arrivals', body, { key }),
    invalidates: STALE,
    onSuccess: () => {
      toast.ok(t('aftersales.kept'))
      onDone()
    },
  })
  const submit = () => save.mutate({ waybill_no: code, warehouse_id: warehouse, note: note.trim() || undefined })
  return (
    <div className={css.found}>
      <p role="status">{known ? t('aftersales.known_ownerless') : orderNo ? t('aftersales.refused_parcel', { no: orderNo }) : t('aftersales.nobody_knows')}</p>
      {known ? null : (
        <div className={css.scan}>
          <Input className={css.note} maxLength={200} aria-label={t('aftersales.note')} placeholder={t('aftersales.note')} value={note} onChange={(e) => setNote(e.target.value)} />
          <Button type="primary" loading={save.isPending} onClick={submit}>
            {t('aftersales.keep')}
          </Button>
        </div>
      )}
      {save.error ? <ErrorBox error={save.error} onRetry={submit} /> : null}
    </div>
  )
}
