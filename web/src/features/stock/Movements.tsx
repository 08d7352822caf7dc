import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Movement } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { jobOf, signed } from './adjust'
import type { StockSearch } from './search'
import css from './stock.module.css'

interface MovementsProps {
  skuId?: string
  warehouseId?: string
  onSearch: (next: StockSearch) => void
}

/** Every movement of stock, newest first; nothing is ever changed or taken out. */
export function Movements({ skuId, warehouseId, onSearch }: MovementsProps) {
  const { t } = useTranslation()
  const list = useInfiniteQuery({
    queryKey: ['stock', 'movements', skuId, warehouseId],
    queryFn: ({ pageParam, signal }) => api.get('/stock/movements', { query: { sku_id: skuId, warehouse_id: warehouseId, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page title={t('stock.tab.movements')} actions={skuId ? <Button onClick={() => onSearch({ tab: 'movements' })}>{t('stock.all_movements')}</Button> : null}>
      <Panel flush>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable
            label={t('stock.tab.movements')}
            rows={rows}
            rowKey={(m) => m.id}
            empty={<Empty title={t('stock.no_movements')} />}
            columns={[
              { key: 'at', title: t('stock.at'), render: (m) => <Time at={m.at} /> },
              { key: 'sku', title: t('stock.sku_code'), render: (m) => <>{m.sku_code} {m.condition === 'defective' ? <Tag tone="amber">{t('stock.defective')}</Tag> : null}</> },
              { key: 'warehouse', title: t('stock.warehouse'), render: (m) => m.warehouse_name },
              { key: 'kind', title: t('stock.kind_title'), render: (m) => t(`stock.kind.${m.kind}`, { defaultValue: m.kind }) },
              { key: 'change', title: t('stock.change'), align: 'right', render: (m) => <Change n={m.change} /> },
              { key: 'reserved', title: t('stock.reserved_change'), align: 'right', render: (m) => <Change n={m.reserved_change} /> },
              { key: 'after', title: t('stock.after'), align: 'right', render: (m) => groupDigits(m.after) },
              { key: 'why', title: t('stock.reason'), render: (m) => <Why movement={m} /> },
              { key: 'who', title: t('stock.who'), render: (m) => (m.actor_name === 'system' ? t('stock.system') : m.actor_name) },
            ]}
          />
        ) : null}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
    </Page>
  )
}

function Change({ n }: { n: number }) {
  return n === 0 ? <>{signed(n, groupDigits)}</> : <strong className={n < 0 ? css.low : css.plus}>{signed(n, groupDigits)}</strong>
}

/** Why stock moved: the order, the import, or the words of whoever did it. */
function Why({ movement: m }: { movement: Movement }) {
  const { t } = useTranslation()
  const job = jobOf(m.reason)
  if (isId(m.order_id)) {
    return (
      <Link to="/orders/$id" params={{ id: m.order_id }}>
        {t('stock.of_order')}
      </Link>
    )
  }
  if (job) {
    return (
      <Link to="/jobs" search={{ id: job }}>
        {t('stock.of_job')}
      </Link>
    )
  }
  return <>{m.reason}</>
}
