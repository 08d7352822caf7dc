import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
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
  waybills_low: 'red',
  waybills_uncertain: 'amber',
  low_stock: 'amber',
}

/** What needs someone soonest stands first. */
const ORDER = ['overdue', 'due_6h', 'problem', 'awaiting_approval', 'awaiting_shipment', 'partly_shipped', 'in_aftersale', 'unmapped_listings', 'quarantined', 'waybills_uncertain', 'waybills_low', 'low_stock', 'adoptable']

/** Lines of work that lead elsewhere than to the list of orders, by the page that the server names. */
const ELSEWHERE: Record<string, string> = { listings: '/catalog', inbox: '/import', stock: '/stock', parcels: '/ship', jobs: '/jobs', shops: '/import', carriers: '/settings/carriers', waybills: '/settings/carriers' }

/** Where on that page. */
const PART: Record<string, Record<string, string>> = { waybills: { tab: 'waybills', state: 'uncertain' } }

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
  // Amounts that are not the reader's to see take no room.
  const money = today.sales_fen != null || before.sales_fen != null
  return (
    <div className={css.kpis}>
      {money ? <Kpi label={t('home.sales')} now={formatFen(today.sales_fen)} before={formatFen(before.sales_fen)} /> : null}
      <Kpi label={t('home.paid_orders')} now={groupDigits(today.paid_orders)} before={groupDigits(before.paid_orders)} />
      {money ? <Kpi label={t('home.average')} now={formatFen(average(today))} before={formatFen(average(before))} /> : null}
      <Kpi label={t('home.orders')} now={groupDigits(today.orders)} before={groupDigits(before.orders)} />
      <Kpi label={t('home.shipped')} now={groupDigits(today.shipped_orders)} before={groupDigits(before.shipped_orders)} />
    </div>
  )
}

/** One figure of today so far, and yesterday's whole day below it: the day is not over, so nothing is compared. */
function Kpi({ label, now, before }: { label: string; now: string; before: string }) {
  const { t } = useTranslation()
  return (
    <div className={css.kpi}>
      <span className={css.label}>{label}</span>
      <strong>{now}</strong>
      <span className={css.before}>{t('home.yesterday', { value: before })}</span>
    </div>
  )
}

function Todo({ lines }: { lines: Home['todo'] }) {
  const { t } = useTranslation()
  const mayOpen = useMayOpen()
  const rank = (key: string) => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1)
  const open = lines.filter((l) => l.n > 0 || !l.known).toSorted((a, b) => rank(a.key) - rank(b.key))
  if (open.length === 0) return <Empty title={t('home.nothing_to_do')} />
  return (
    <ul className={css.todo}>
      {open.map((line) => (
        <li key={line.key}>
          {mayOpen(ELSEWHERE[line.page] ?? '/orders') ? (
            <Link to={ELSEWHERE[line.page] ?? '/orders'} search={ELSEWHERE[line.page] ? (PART[line.page] ?? {}) : asSearch(line.filter)}>
              <TodoLine line={line} />
            </Link>
          ) : (
            <div>
              <TodoLine line={line} />
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}

function TodoLine({ line }: { line: Home['todo'][number] }) {
  const { t } = useTranslation()
  return (
    <>
      <Dot tone={URGENCY[line.key] ?? 'plain'} />
      <span>{t(`home.todo_line.${line.key}`, { defaultValue: line.key })}</span>
      <strong>{line.known ? `${groupDigits(line.n)}${line.exact ? '' : '+'}` : '\u2013'}</strong>
    </>
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
  const mayOpen = useMayOpen()
  const money = rows.some((r) => r.sales_fen != null)
  return (
    <DataTable
      label={t('home.by_shop')}
      rows={rows}
      rowKey={(r) => r.shop_id}
      empty={
        <Empty title={t('home.no_shops')}>
          {mayOpen('/settings/shops') ? (
            <Link to="/settings/shops">
              <Button type="primary">{t('home.add_shop')}</Button>
            </Link>
          ) : null}
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
        ...(money ? [{ key: 'sales', title: t('home.sales'), align: 'right' as const, render: (r: Home['by_shop'][number]) => <Money fen={r.sales_fen} strong /> }] : []),
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
