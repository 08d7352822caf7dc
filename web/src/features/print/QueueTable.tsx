import { DownOutlined, RightOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { useShops, useWarehouses } from '@/lib/lookups'
import { CopyButton } from '@/ui/Copyable'
import { SlaPill } from '@/ui/SlaPill'
import { ChannelBadge, Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import type { Group, Stack } from './group'
import css from './print.module.css'
import type { Waiting } from './queries'
import type { Bucket } from './search'
import { useCarrierName } from './useCarrierName'

interface QueueTableProps {
  groups: Group[]
  bucket: Bucket
  chosen: ReadonlySet<string>
  /** Those that may be chosen. */
  may: ReadonlySet<string>
  onSelect: (ids: string[], on: boolean) => void
  onBatch: (id: string) => void
}

/** What waits, by carrier and warehouse, equal parcels in one row until they are unfolded. */
export function QueueTable({ groups, bucket, chosen, may, onSelect, onBatch }: QueueTableProps) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const carrier = useCarrierName().name
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set<string>())
  const toggle = (key: string) =>
    setOpen((before) => {
      const next = new Set(before)
      if (!next.delete(key)) next.add(key)
      return next
    })
  const all = groups.flatMap((g) => g.stacks.flatMap((s) => s.rows))
  const rowProps = { chosen, may, onSelect, onBatch, bucket }
  return (
    <table className={css.queue} aria-label={t(`print.tab.${bucket}`)}>
      <thead>
        <tr>
          <th scope="col" className={css.tick}>
            <Tick label={t('print.choose_all')} rows={all} chosen={chosen} may={may} onSelect={onSelect} />
          </th>
          <th scope="col">{t('print.goods')}</th>
          <th scope="col" className={css.right}>
            {t('print.quantity')}
          </th>
          <th scope="col">{t('print.order')}</th>
          <th scope="col">{t('print.notes')}</th>
          <th scope="col">{t('print.number_title')}</th>
          <th scope="col">{t('print.deadline')}</th>
        </tr>
      </thead>
      {groups.map((group) => {
        const name = group.carrier ? carrier(group.carrier) : t('print.by_rules')
        const warehouse = warehouses.find((w) => w.id === group.warehouseId)?.name ?? ''
        const rows = group.stacks.flatMap((s) => s.rows)
        return (
          <tbody key={group.key}>
            <tr className={css.group}>
              <td className={css.tick}>
                <Tick label={t('print.choose_group', { carrier: name, warehouse })} rows={rows} chosen={chosen} may={may} onSelect={onSelect} />
              </td>
              <th scope="rowgroup" colSpan={6}>
                {name} <span className={css.muted}>{warehouse}</span> <span className={css.muted}>{t('print.n_parcels', { count: group.count, n: groupDigits(group.count) })}</span>
              </th>
            </tr>
            {group.stacks.map((stack) =>
              stack.rows.length > 1 ? (
                <StackRows key={stack.key} stack={stack} open={open.has(stack.key)} onToggle={() => toggle(stack.key)} {...rowProps} />
              ) : (
                stack.rows.map((row) => <Row key={row.id} row={row} {...rowProps} />)
              ),
            )}
          </tbody>
        )
      })}
    </table>
  )
}

interface TickProps {
  label: string
  rows: Waiting[]
  chosen: ReadonlySet<string>
  may: ReadonlySet<string>
  onSelect: (ids: string[], on: boolean) => void
}

/** Chooses several rows at once: on, off, or in between. */
function Tick({ label, rows, chosen, may, onSelect }: TickProps) {
  const box = useRef<HTMLInputElement>(null)
  const ids = rows.filter((r) => may.has(r.id)).map((r) => r.id)
  const on = ids.filter((id) => chosen.has(id)).length
  useEffect(() => {
    if (box.current) box.current.indeterminate = on > 0 && on < ids.length
  }, [on, ids.length])
  return <input ref={box} type="checkbox" aria-label={label} disabled={ids.length === 0} checked={ids.length > 0 && on === ids.length} onChange={(e) => onSelect(ids, e.target.checked)} />
}

interface RowProps {
  bucket: Bucket
  chosen: ReadonlySet<string>
  may: ReadonlySet<string>
  onSelect: (ids: string[], on: boolean) => void
  onBatch: (id: string) => void
}

function StackRows({ stack, open, onToggle, ...rest }: RowProps & { stack: Stack; open: boolean; onToggle: () => void }) {
  const { t } = useTranslation()
  const first = stack.rows[0]
  if (!first) return null
  const label = t('print.stack', { count: stack.rows.length, n: groupDigits(stack.rows.length) })
  const noted = stack.rows.filter((r) => r.buyer_notes.length + r.seller_notes.length > 0).length
  const faults = stack.rows.filter((r) => r.error || r.number_error).length
  const soonest = stack.rows.map((r) => r.ship_by_at).filter((at): at is string => Boolean(at)).sort((a, b) => a.localeCompare(b))[0]
  return (
    <>
      <tr className={css.stack}>
        <td className={css.tick}>
          <Tick label={label} rows={stack.rows} {...rest} />
        </td>
        <td>
          <Goods row={first} />
        </td>
        <td className={css.right}>{groupDigits(first.quantity)}</td>
        <td>
          <button type="button" className={css.fold} aria-expanded={open} onClick={onToggle}>
            {open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />} {label}
          </button>
        </td>
        <td>{noted > 0 ? t('print.n_noted', { count: noted, n: noted }) : null}</td>
        <td>{faults > 0 ? <Tag tone="red">{t('print.n_faults', { count: faults, n: faults })}</Tag> : null}</td>
        <td>
          <SlaPill due={soonest} />
        </td>
      </tr>
      {open ? stack.rows.map((row) => <Row key={row.id} row={row} folded {...rest} />) : null}
    </>
  )
}

/** The goods of a parcel, one line each. */
function Goods({ row }: { row: Waiting }) {
  return (
    <ul className={css.goods}>
      {row.items.map((it) => (
        <li key={`${it.code} ${it.name} ${it.spec}`}>
          <code>{it.code}</code> {it.name} {it.spec} <b className={it.quantity > 1 ? css.many : undefined}>×{it.quantity}</b>
        </li>
      ))}
    </ul>
  )
}

const NUMBER_TONE: Record<Waiting['number'], Tone> = { none: 'plain', coming: 'blue', failed: 'red', stale: 'amber', issued: 'green' }

function Row({ row, folded, bucket, chosen, may, onSelect, onBatch }: RowProps & { row: Waiting; folded?: boolean }) {
  const { t } = useTranslation()
  const shop = useShops().find((s) => s.id === row.shop_id)?.name
  const no = row.order_nos[0] ?? row.id
  return (
    <tr className={css.row} data-id={row.id}>
      <td className={css.tick}>
        <input type="checkbox" aria-label={t('print.choose', { no })} disabled={!may.has(row.id)} checked={chosen.has(row.id) && may.has(row.id)} onChange={(e) => onSelect([row.id], e.target.checked)} />
      </td>
      <td>{folded ? null : <Goods row={row} />}</td>
      <td className={css.right}>{folded ? null : groupDigits(row.quantity)}</td>
      <td>
        {row.order_ids.map((id, i) => (
          <div key={id} className={css.no}>
            <Link to="/orders/$id" params={{ id }}>
              {row.order_nos[i] ?? id}
            </Link>
          </div>
        ))}
        <div className={css.who} title={`${shop ?? ''} \u00b7 ${row.receiver} ${row.province} ${row.city}`}>
          <div>
            {row.receiver} {row.province} {row.city}
          </div>
          <ChannelBadge channel={row.channel} /> {shop}
        </div>
        {row.order_ids.length > 1 ? <Tag tone="blue">{t('print.merged', { n: row.order_ids.length })}</Tag> : null}
        {row.fellows > 0 ? <Tag tone="amber">{t('print.fellows', { count: row.fellows, n: row.fellows })}</Tag> : null}
        {row.urgency > 0 ? <Tag tone="red">{t('print.urged')}</Tag> : null}
        {row.wave ? (
          <Tag>
            {row.wave} #{row.basket}
          </Tag>
        ) : null}
      </td>
      <td className={css.notes}>
        {row.buyer_notes.map((note) => (
          <p key={note} className={css.buyer} title={t('print.buyer_note')}>
            {note}
          </p>
        ))}
        {row.seller_notes.map((note) => (
          <p key={note} className={css.seller} title={t('print.seller_note')}>
            {note}
          </p>
        ))}
      </td>
      <td>
        <Tag tone={NUMBER_TONE[row.number]}>{t(`print.number.${row.number}`)}</Tag>
        {row.waybill_nos.map((n) => (
          <div key={n} className={css.no}>
            {n}
            <CopyButton text={n} />
          </div>
        ))}
        {row.number_error ? <p className={css.bad}>{row.number_error.message}</p> : null}
        {isId(row.batch_id) ? (
          <button type="button" className={css.link} onClick={() => onBatch(row.batch_id)}>
            {t('print.in_batch', { code: row.batch_code })}
            {row.copies > 1 ? ` · ${t('print.copies', { n: row.copies })}` : ''}
          </button>
        ) : null}
        {row.error ? <p className={css.bad}>{row.error.message}</p> : null}
      </td>
      <td>
        {bucket === 'presale' && row.presale_at ? <Time at={row.presale_at} /> : <SlaPill due={row.ship_by_at} />}
        {row.paid_at ? (
          <div className={css.muted}>
            {t('print.paid')} <Time at={row.paid_at} />
          </div>
        ) : null}
      </td>
    </tr>
  )
}
