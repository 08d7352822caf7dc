import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { DropshipOrder } from '@/lib/api/contract'
import { DataTable, type Column } from '@/ui/DataTable'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import css from './suppliers.module.css'

interface Props {
  rows: DropshipOrder[]
  label: string
  empty: ReactNode
  /** Names whose order it is, where the list is of several suppliers. */
  supplierOf?: (o: DropshipOrder) => string
  select?: { picked: string[]; onPick: (ids: string[]) => void }
  acts: (o: DropshipOrder) => ReactNode
}

/** The orders that a supplier ships, as the merchant and the supplier see them. */
export function DropshipTable({ rows, label, empty, supplierOf, select, acts }: Props) {
  const { t } = useTranslation()
  const columns: Column<DropshipOrder>[] = []
  if (select) {
    const { picked, onPick } = select
    const all = rows.length > 0 && rows.every((r) => picked.includes(r.id))
    columns.push({
      key: 'pick',
      width: 34,
      title: <input type="checkbox" checked={all} aria-label={t('suppliers.select_all')} onChange={() => onPick(all ? [] : rows.map((r) => r.id))} />,
      render: (o) => <input type="checkbox" checked={picked.includes(o.id)} aria-label={t('suppliers.select', { no: o.order_nos.join(' ') })} onChange={(e) => onPick(e.target.checked ? [...picked, o.id] : picked.filter((x) => x !== o.id))} />,
    })
  }
  columns.push({
    key: 'order',
    title: t('suppliers.order'),
    render: (o) => (
      <span className={css.stack}>
        <strong>{o.order_nos.join(' ')}</strong>
        {supplierOf ? <span className={css.muted}>{supplierOf(o)}</span> : null}
        {o.urgency > 0 ? <Tag tone="red">{t('suppliers.urgent')}</Tag> : null}
      </span>
    ),
  })
  columns.push({
    key: 'goods',
    title: t('suppliers.goods'),
    render: (o) => (
      <span className={css.stack}>
        {o.goods.map((g) => (
          <span key={`${g.code} ${g.spec}`}>
            {g.code} {g.name} {g.spec} <strong>{`\u00d7${g.quantity}`}</strong>
          </span>
        ))}
      </span>
    ),
  })
  columns.push({
    key: 'to',
    title: t('suppliers.receiver'),
    render: (o) => {
      const r = o.receiver
      const place = [r.province, r.city, r.district, r.detail].filter(Boolean).join(' ')
      return (
        <span className={css.stack}>
          {r.name || r.phone ? <span>{`${r.name} ${r.phone}`}</span> : null}
          <span className={css.muted}>{place || '\u2013'}</span>
          {r.sealed ? <Tag tone="amber">{t('suppliers.sealed')}</Tag> : null}
          {o.buyer_note.trim() ? <span>{o.buyer_note}</span> : null}
        </span>
      )
    },
  })
  columns.push({
    key: 'by',
    title: t('suppliers.ship_by'),
    render: (o) => (
      <span className={css.stack}>
        <Time at={o.ship_by_at} />
        {o.stopped ? <span className={css.bad}>{t('suppliers.stopped', { why: o.stopped.message })}</span> : null}
        {o.reason ? <span className={css.bad}>{t('suppliers.refused_why', { why: o.reason })}</span> : null}
        {o.waybill_no ? <span>{`${o.carrier_name} ${o.waybill_no}`}</span> : null}
      </span>
    ),
  })
  columns.push({ key: 'act', title: '', align: 'right', render: acts })
  return <DataTable label={label} rows={rows} rowKey={(o) => o.id} empty={empty} rowTone={(o) => (o.stopped ? 'bad' : undefined)} columns={columns} />
}
