import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { DayFigures, HomeView as Home } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { formatFen, groupDigits } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { ChannelBadge, Dot, Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import css from './home.module.css'
import { Trend } from './Trend'

const URGENCY: Record<string, Tone> = {
  overdue: 'red',
  due_6h: 'red',
  problem: 'red',
  awaiting_approval: 'amber',
  in_aftersale: 'amber',
  unmapped_listings: 'amber',
  quarantined: 'amber',
  low_stock: 'amber',
}

/** What needs someone soonest stands first. */
const ORDER = ['overdue', 'due_6h', 'problem', 'awaiting_approval', 'awaiting_shipment', 'partly_shipped', 'in_aftersale', 'unmapped_listings', 'quarantined', 'low_stock', 'adoptable']

/** Lines of work that lead elsewhere than to the list of orders, by the page that the server names. */
const ELSEWHERE: Record<string, string> = { listings: '/catalog', inbox: '/import', stock: '/stock', parcels: '/ship', jobs: '/jobs', shops: '/import' }

/** Today: how it goes, what waits, and each shop's part. */
export function HomeView() {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['home'],
    queryFn: ({ signal }) => api.get('/home', { signal }),
    refetchInterval: 60_000,
  })
  return (
    <div className={css.home}>
      <h1 className="visually-hidden">{t('home.title')}</h1>
      <QueryState query={query} skeletonRows={10}>
        {(home) => (
          <>
            <Kpis today={home.today} before={home.yesterday} />
            <div className={css.columns}>
              <Panel title={t('home.by_shop')} note={t('home.by_shop_note')} flush>
                <ByShop rows={home.by_shop} />
              </Panel>
              <Panel title={t('home.todo')}>
                <Todo lines={home.todo} />
              </Panel>
            </div>
            <Trend days={home.trend} />
          </>
        )}
      </QueryState>
    </div>
  )
}

const average = (day: DayFigures) => (day.sales_fen != null && day.paid_orders > 0 ? Math.round(day.sales_fen / day.paid_orders) : null)

function Kpis({ today, before }: { today: DayFigures; before: DayFigures }) {
  const { t } = useTranslation()
  return (
    <div className={css.kpis}>
      <Kpi label={t('home.sales')} value={formatFen(today.sales_fen)} now={today.sales_fen} before={before.sales_fen} />
      <Kpi label={t('home.paid_orders')} value={groupDigits(today.paid_orders)} now={today.paid_orders} before={before.paid_orders} />
      <Kpi label={t('home.average')} value={formatFen(average(today))} now={average(today)} before={average(before)} />
      <Kpi label={t('home.orders')} value={groupDigits(today.orders)} now={today.orders} before={before.orders} />
      <Kpi label={t('home.shipped')} value={groupDigits(today.shipped_orders)} now={today.shipped_orders} before={before.shipped_orders} />
    </div>
  )
}

interface KpiProps {
  label: string
  value: string
  now: number | null
  before: number | null
}

/** One figure of today beside yesterday's at the same hour. */
function Kpi({ label, value, now, before }: KpiProps) {
  const { t } = useTranslation()
  const change = now != null && before ? Math.round(((now - before) / before) * 1000) / 10 : null
  return (
    <div className={css.kpi}>
      <span className={css.label}>{label}</span>
      <strong>{value}</strong>
      {change === null ? (
        <span className={css.same}>{t('home.no_comparison')}</span>
      ) : (
        <span className={change < 0 ? css.down : css.up}>{t('home.vs_yesterday', { change: `${change > 0 ? '+' : ''}${change.toFixed(1)}%` })}</span>
      )}
    </div>
  )
}

function Todo({ lines }: { lines: Home['todo'] }) {
  const { t } = useTranslation()
  const rank = (key: string) => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1)
  const open = lines.filter((l) => l.n > 0 || !l.known).toSorted((a, b) => rank(a.key) - rank(b.key))
  if (open.length === 0) return <Empty title={t('home.nothing_to_do')} />
  return (
    <ul className={css.todo}>
      {open.map((line) => (
        <li key={line.key}>
          <Link to={ELSEWHERE[line.page] ?? '/orders'} search={ELSEWHERE[line.page] ? {} : asSearch(line.filter)}>
            <Dot tone={URGENCY[line.key] ?? 'plain'} />
            <span>{t(`home.todo_line.${line.key}`, { defaultValue: line.key })}</span>
            <strong>{line.known ? `${groupDigits(line.n)}${line.exact ? '' : '+'}` : '\u2013'}</strong>
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** A filter of the API as the query string of the order list, where the same names stand as text. */
function asSearch(filter: Record<string, unknown>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(filter)
      .filter(([name, value]) => value != null && value !== false && !(name === 'tab' && value === 'all'))
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  )
}

function ByShop({ rows }: { rows: Home['by_shop'] }) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <DataTable
      label={t('home.by_shop')}
      rows={rows}
      rowKey={(r) => r.shop_id}
      empty={
        <Empty title={t('home.no_shops')}>
          <Link to="/settings/shops">
            <Button type="primary">{t('home.add_shop')}</Button>
          </Link>
        </Empty>
      }
      columns={[
        {
          key: 'shop',
          title: t('home.shop'),
          render: (r) => (
            <span className={css.shop}>
              <ChannelBadge channel={r.channel} />
              <Link to="/orders" search={{ shop_id: [r.shop_id] }}>
                {r.name}
              </Link>
            </span>
          ),
        },
        { key: 'orders', title: t('home.orders'), align: 'right', render: (r) => groupDigits(r.orders) },
        { key: 'paid', title: t('home.paid_orders'), align: 'right', render: (r) => groupDigits(r.paid_orders) },
        { key: 'sales', title: t('home.sales'), align: 'right', render: (r) => <Money fen={r.sales_fen} strong /> },
        { key: 'shipped', title: t('home.shipped'), align: 'right', render: (r) => groupDigits(r.shipped_orders) },
        {
          key: 'age',
          title: t('home.data_at'),
          render: (r) => (r.stale ? <Tag tone="red">{r.data_at ? t('home.stale', { hours: Math.floor((now - Date.parse(r.data_at)) / 3_600_000) }) : t('home.never')}</Tag> : <Time at={r.data_at} />),
        },
      ]}
    />
  )
}
