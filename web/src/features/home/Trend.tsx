import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HomeView } from '@/lib/api/contract'
import { formatFen, groupDigits } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Panel } from '@/ui/Page'
import css from './home.module.css'

const WIDTH = 1000
const HEIGHT = 104

/** Thirty days of sales as bars (orders, where amounts are not the reader's to see), and the same figures as a table. */
export function Trend({ days }: { days: HomeView['trend'] }) {
  const { t } = useTranslation()
  const [table, setTable] = useState(false)
  const money = days.some((d) => d.sales_fen != null)
  const value = (d: HomeView['trend'][number]) => (money ? (d.sales_fen ?? 0) : d.paid_orders)
  const top = Math.max(0, ...days.map(value))
  const step = WIDTH / Math.max(1, days.length)
  const text = (n: number) => (money ? formatFen(n) : groupDigits(n))
  return (
    <Panel
      title={t('home.trend')}
      note={money ? t('home.trend_sales', { top: text(top) }) : t('home.trend_orders', { top: text(top) })}
      actions={
        <button type="button" className={css.twin} aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? t('home.as_chart') : t('home.as_table')}
        </button>
      }
    >
      {table ? (
        <DataTable
          label={t('home.trend')}
          rows={days.toReversed()}
          rowKey={(d) => d.on}
          columns={[
            { key: 'on', title: t('home.day'), render: (d) => d.on },
            { key: 'orders', title: t('home.orders_placed'), align: 'right', render: (d) => groupDigits(d.orders) },
            { key: 'paid', title: t('home.orders_paid'), align: 'right', render: (d) => groupDigits(d.paid_orders) },
            { key: 'shipped', title: t('home.orders_shipped'), align: 'right', render: (d) => groupDigits(d.shipped_orders) },
            { key: 'sales', title: t('home.sales_amount'), align: 'right', render: (d) => <Money fen={d.sales_fen} /> },
          ]}
        />
      ) : (
        <svg className={css.chart} viewBox={`0 0 ${WIDTH} ${HEIGHT + 18}`} role="img" aria-label={t('home.trend')}>
          <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className={css.axis} />
          {days.map((d, i) => {
            const height = Math.round((value(d) / Math.max(1, top)) * (HEIGHT - 6))
            return (
              <g key={d.on}>
                <rect x={i * step + step * 0.18} y={HEIGHT - height} width={step * 0.64} height={height} rx="2" className={i === days.length - 1 ? css.today : css.bar}>
                  <title>{`${d.on}  ${text(value(d))}`}</title>
                </rect>
                {i % 5 === (days.length - 1) % 5 ? (
                  <text x={i * step + step / 2} y={HEIGHT + 14} textAnchor="middle">
                    {d.on.slice(5)}
                  </text>
                ) : null}
              </g>
            )
          })}
        </svg>
      )}
    </Panel>
  )
}
