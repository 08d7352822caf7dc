import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { AllocationPreview, AllocationPreviewed, AllocationRule } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { DataTable, type Column } from '@/ui/DataTable'
import { ScrollBox } from '@/ui/ScrollBox'
import { Empty, QueryState } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import css from './allocation.module.css'
import { previewQuery } from './queries'
import { OUTCOMES, type Outcome } from './search'

const TONE: Record<Outcome, Tone> = { whole: 'green', split: 'blue', part: 'amber', waiting: 'red', unchanged: 'plain', skipped: 'plain' }

interface PreviewResultProps {
  scope: 'unallocated' | 'open'
  show: Outcome | ''
  /** Tried instead of the saved ones. */
  rules?: AllocationRule[]
  onShow: (show: Outcome | '') => void
  /** Below the numbers: what can be done about them. */
  actions?: (preview: AllocationPreview) => React.ReactNode
  /** Orders are chosen one by one. */
  picked?: ReadonlySet<string>
  onPick?: (ids: ReadonlySet<string>) => void
}

/** What rules would do with the orders there are: how many leave from where, how many are split or wait, and why, order by order. */
export function PreviewResult({ scope, show, rules, ...rest }: PreviewResultProps) {
  const { t } = useTranslation()
  const query = useQuery({ ...previewQuery(scope, show, rules), placeholderData: keepPreviousData })
  return <QueryState query={query}>{(p) => (p.checked === 0 ? <Empty title={t(`allocation.nothing.${scope}`)} /> : <Result p={p} show={show} {...rest} />)}</QueryState>
}

function Result({ p, show, onShow, actions, picked, onPick }: { p: AllocationPreview } & Omit<PreviewResultProps, 'scope' | 'rules'>) {
  const { t } = useTranslation()
  const n = (count: number) => ({ count, n: groupDigits(count) })
  return (
    <div className={css.stack}>
      <div className={css.summary} role="status">
        <strong>{t('allocation.checked', n(p.checked))}</strong>
        {p.warehouses.map((w) => (
          <span key={w.warehouse_id}>{t('allocation.from', { name: w.name, ...n(w.orders), pieces: groupDigits(w.pieces) })}</span>
        ))}
        {p.capped ? <span className={css.muted}>{t('allocation.capped', n(p.checked))}</span> : null}
      </div>
      <div className={css.chips} role="group" aria-label={t('allocation.by_outcome')}>
        <button type="button" className={css.chip} aria-pressed={show === ''} onClick={() => onShow('')}>
          {t('allocation.all')} {groupDigits(p.checked)}
        </button>
        {OUTCOMES.filter((o) => p[o] > 0 || show === o).map((o) => (
          <button key={o} type="button" className={css.chip} aria-pressed={show === o} onClick={() => onShow(show === o ? '' : o)}>
            {t(`allocation.outcome.${o}`)} {groupDigits(p[o])}
          </button>
        ))}
      </div>
      {p.skips.length > 0 ? (
        <ul className={css.plain}>
          {p.skips.map((s) => (
            <li key={s.code}>
              {t('allocation.skip', n(s.n))} · {s.message}
              <span className={css.muted}> {s.sample.join(', ')}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {actions?.(p)}
      <Orders rows={p.rows} from={p.warehouses} picked={picked} onPick={onPick} />
      {p.rows.length === 200 ? <p className={css.muted}>{t('allocation.first_200')}</p> : null}
    </div>
  )
}

function Orders({ rows, from, picked, onPick }: { rows: AllocationPreviewed[]; from: AllocationPreview['warehouses'] } & Pick<PreviewResultProps, 'picked' | 'onPick'>) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  // The answer names where orders leave from; the list that names the others may come later.
  const name = (id: string) => from.find((w) => w.warehouse_id === id)?.name ?? warehouses.find((w) => w.id === id)?.name ?? '\u2026'
  const shares = (all: AllocationPreviewed['shares']) => all.map((s) => `${name(s.warehouse_id)} × ${s.pieces}`).join(t('allocation.join'))
  return (
    <ScrollBox label={t('allocation.orders')} className={css.grid}>
      <DataTable
        label={t('allocation.orders')}
        rows={rows}
        rowKey={(r) => r.order_id}
        empty={<Empty title={t('allocation.none_of_it')} />}
        columns={[
          ...(picked && onPick ? [choice(rows, picked, onPick, t)] : []),
          {
            key: 'order',
            title: t('allocation.order'),
            render: (r) => (
              <Link to="/orders/$id" params={{ id: r.order_id }}>
                {r.channel_order_no}
              </Link>
            ),
          },
          { key: 'place', title: t('allocation.to'), render: (r) => r.place || '\u2013' },
          { key: 'due', title: t('allocation.ship_by'), render: (r) => (r.ship_by_at ? <Time at={r.ship_by_at} /> : '\u2013') },
          { key: 'outcome', title: t('allocation.would'), render: (r) => <Tag tone={TONE[r.outcome]}>{t(`allocation.outcome.${r.outcome}`)}</Tag> },
          {
            key: 'from',
            title: t('allocation.leaves_from'),
            render: (r) => (
              <>
                {r.shares.length > 0 ? <strong>{shares(r.shares)}</strong> : r.skip ? r.skip.message : t('allocation.nowhere')}
                {r.was.length > 0 && r.outcome !== 'unchanged' && r.outcome !== 'skipped' ? <small className={css.under}>{t('allocation.now', { where: shares(r.was) })}</small> : null}
              </>
            ),
          },
          { key: 'why', title: t('allocation.why'), render: (r) => (r.candidates.length > 0 || r.rule ? <Why row={r} /> : null) },
        ]}
      />
    </ScrollBox>
  )
}

/** The boxes by which orders are chosen; what is skipped cannot be. */
function choice(rows: AllocationPreviewed[], picked: ReadonlySet<string>, onPick: (ids: ReadonlySet<string>) => void, t: TFunction): Column<AllocationPreviewed> {
  const able = rows.filter((r) => r.outcome !== 'skipped').map((r) => r.order_id)
  const all = able.length > 0 && able.every((id) => picked.has(id))
  return {
    key: 'pick',
    title: <input type="checkbox" className={css.tick} aria-label={t('allocation.pick_all')} disabled={able.length === 0} checked={all} onChange={() => onPick(new Set(all ? [] : able))} />,
    width: 36,
    render: (r) => (
      <input
        type="checkbox"
        className={css.tick}
        aria-label={t('allocation.pick', { no: r.channel_order_no })}
        disabled={r.outcome === 'skipped'}
        checked={picked.has(r.order_id)}
        onChange={() => onPick(picked.has(r.order_id) ? new Set([...picked].filter((id) => id !== r.order_id)) : new Set([...picked, r.order_id]))}
      />
    ),
  }
}

/** Which rule decided, and what it thought of each warehouse. */
function Why({ row }: { row: AllocationPreviewed }) {
  const { t } = useTranslation()
  const score = (n: number) => {
    switch (row.strategy) {
      case 'distance':
        return n >= 2147483647 ? t('allocation.distance_unknown') : `${groupDigits(n)} km`
      case 'cost':
        return t('allocation.score_cost', { yuan: (n / 100).toFixed(2) })
      case 'region':
        return t('allocation.score_region', { n })
      case 'stock':
        return t('allocation.score_stock', { n: groupDigits(-n) })
      default:
        return t('allocation.score_place', { n: n + 1 })
    }
  }
  return (
    <details className={css.why}>
      <summary>{row.rule || t('allocation.no_rule_fits')}</summary>
      <ol>
        {row.candidates.map((c) => (
          <li key={c.warehouse_id}>
            {c.name} · {t(`allocation.reason.${c.reason}`, { has: groupDigits(c.has), wanted: groupDigits(row.pieces) })}
            {c.reason === 'inactive' || c.reason === 'not_served' || row.strategy === '' ? null : ` · ${score(c.score)}`}
          </li>
        ))}
      </ol>
    </details>
  )
}
