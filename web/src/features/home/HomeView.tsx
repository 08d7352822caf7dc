import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { HomeView as Home } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { formatFen, groupDigits } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { ChannelBadge, Dot, Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import css from './home.module.css'

const URGENCY: Record<string, Tone> = {
  overdue: 'red',
  due_soon: 'red',
  due_within_6h: 'red',
  stale_shops: 'red',
  problem: 'amber',
  awaiting_approval: 'amber',
  unmapped: 'amber',
  low_stock: 'amber',
  quarantined: 'amber',
}

/** Lines of work that lead elsewhere than to the list of orders. */
const ELSEWHERE: Record<string, string> = {
  unmapped: '/catalog',
  low_stock: '/stock',
  stale_shops: '/import',
  quarantined: '/import',
  unreported: '/ship',
  failed_jobs: '/jobs',
}

/** Today: how it goes, what waits, and each shop's part. */
export function HomeView() {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['home'],
    queryFn: ({ signal }) => api.get<Home>('/home', { signal }),
    refetchInterval: 60_000,
  })
  return (
    <div className={css.home}>
      <h1 className="visually-hidden">{t('home.title')}</h1>
      <QueryState query={query} skeletonRows={10}>
        {(home) => (
          <>
            <Kpis today={home.today} />
            <div className={css.columns}>
              <Panel title={t('home.by_shop')} note={t('home.by_shop_note')} flush>
                <ByShop rows={home.by_shop} />
              </Panel>
              <Panel title={t('home.todo')}>
                <Todo lines={home.todo} />
              </Panel>
            </div>
          </>
        )}
      </QueryState>
    </div>
  )
}

function Kpis({ today }: { today: Home['today'] }) {
  const { t } = useTranslation()
  const average = today.sales_fen != null && today.paid_orders > 0 ? Math.round(today.sales_fen / today.paid_orders) : null
  const averageBefore = today.sales_yesterday_fen != null && today.paid_orders_yesterday > 0 ? Math.round(today.sales_yesterday_fen / today.paid_orders_yesterday) : null
  return (
    <div className={css.kpis}>
      <Kpi label={t('home.sales')} value={formatFen(today.sales_fen)} now={today.sales_fen} before={today.sales_yesterday_fen} />
      <Kpi label={t('home.paid_orders')} value={groupDigits(today.paid_orders)} now={today.paid_orders} before={today.paid_orders_yesterday} />
      <Kpi label={t('home.average')} value={formatFen(average)} now={average} before={averageBefore} />
      <Kpi label={t('home.orders')} value={groupDigits(today.orders)} now={today.orders} before={today.orders_yesterday} />
      <Kpi label={t('home.shipped')} value={groupDigits(today.shipped)} now={today.shipped} before={today.shipped_yesterday} />
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
  const open = lines.filter((l) => l.n > 0)
  if (open.length === 0) return <Empty title={t('home.nothing_to_do')} />
  return (
    <ul className={css.todo}>
      {open.map((line) => (
        <li key={line.key}>
          <Link to={ELSEWHERE[line.key] ?? '/orders'} search={ELSEWHERE[line.key] ? {} : line.view_filter}>
            <Dot tone={URGENCY[line.key] ?? 'plain'} />
            <span>{t(`home.todo_line.${line.key}`, { defaultValue: line.key })}</span>
            <strong>{groupDigits(line.n)}</strong>
          </Link>
        </li>
      ))}
    </ul>
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
        {
          key: 'age',
          title: t('home.data_at'),
          render: (r) => (r.stale ? <Tag tone="red">{r.data_at ? t('home.stale', { hours: Math.floor((now - Date.parse(r.data_at)) / 3_600_000) }) : t('home.never')}</Tag> : <Time at={r.data_at} />),
        },
      ]}
    />
  )
}
