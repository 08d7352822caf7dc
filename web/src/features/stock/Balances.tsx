import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Balance } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable, type Column } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { AdjustDialog } from './AdjustDialog'
import { LevelsDialog } from './LevelsDialog'
import type { StockSearch } from './search'
import css from './stock.module.css'

interface BalancesProps {
  search: StockSearch
  onSearch: (next: StockSearch) => void
}

/** What lies where: on hand, reserved, available. */
export function Balances({ search, onSearch }: BalancesProps) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const can = useCan()
  const mayAdjust = can('inventory.adjust')
  const [adjusting, setAdjusting] = useState<Balance | 'new' | null>(null)
  const [levelling, setLevelling] = useState<Balance | null>(null)
  const filtered = Boolean(search.q || search.warehouse_id || search.low)
  const low = search.low === '1' ? true : undefined
  const list = useInfiniteQuery({
    queryKey: ['stock', 'balances', search.q, search.warehouse_id, low],
    queryFn: ({ pageParam, signal }) => api.get('/stock', { query: { q: search.q, warehouse_id: search.warehouse_id, low, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const columns: Column<Balance>[] = [
    { key: 'code', title: t('stock.sku_code'), render: (b) => <strong>{b.sku_code}</strong> },
    {
      key: 'name',
      title: t('stock.name'),
      render: (b) => (
        <>
          {b.sku_name} {b.condition === 'defective' ? <Tag tone="amber">{t('stock.defective')}</Tag> : null}
        </>
      ),
    },
    { key: 'warehouse', title: t('stock.warehouse'), render: (b) => b.warehouse_name },
    { key: 'on_hand', title: t('stock.on_hand'), align: 'right', render: (b) => groupDigits(b.on_hand) },
    { key: 'reserved', title: t('stock.reserved'), align: 'right', render: (b) => groupDigits(b.reserved) },
    {
      key: 'available',
      title: t('stock.available'),
      align: 'right',
      render: (b) => <strong className={b.low ? css.low : undefined}>{groupDigits(b.available)}</strong>,
    },
    { key: 'safety', title: t('stock.safety'), align: 'right', render: (b) => groupDigits(b.safety) },
    { key: 'backorder', title: t('stock.backorder'), align: 'right', render: (b) => groupDigits(b.backorder) },
    { key: 'cost', title: t('stock.cost'), align: 'right', render: (b) => <Money fen={b.cost_fen} /> },
    {
      key: 'act',
      title: '',
      align: 'right',
      render: (b) => (
        <span className={css.acts}>
          {mayAdjust ? <Button onClick={() => setAdjusting(b)}>{t('stock.adjust')}</Button> : null}
          {mayAdjust && b.condition === 'good' ? <Button onClick={() => setLevelling(b)}>{t('stock.levels')}</Button> : null}
          <Button onClick={() => onSearch({ tab: 'movements', sku_id: b.sku_id, warehouse_id: b.warehouse_id })}>{t('stock.history')}</Button>
        </span>
      ),
    },
  ]
  return (
    <Page
      title={t('stock.tab.balances')}
      actions={
        mayAdjust ? (
          <>
            <Button onClick={() => onSearch({ tab: 'import' })}>{t('stock.tab.import')}</Button>
            <Button type="primary" onClick={() => setAdjusting('new')}>
              {t('stock.adjust_new')}
            </Button>
          </>
        ) : null
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <Input.Search style={{ width: 260 }} allowClear defaultValue={search.q} aria-label={t('stock.search')} placeholder={t('stock.search')} onSearch={(text) => onSearch({ ...search, q: text.trim() || undefined })} />
          <Select allowClear style={{ width: 160 }} aria-label={t('stock.warehouse')} placeholder={t('stock.warehouse')} value={search.warehouse_id} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={(id?: string) => onSearch({ ...search, warehouse_id: id })} />
          <label className={css.check}>
            <input type="checkbox" checked={low ?? false} onChange={(e) => onSearch({ ...search, low: e.target.checked ? '1' : undefined })} />
            {t('stock.low_only')}
          </label>
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable
            label={t('stock.tab.balances')}
            rows={rows}
            rowKey={(b) => `${b.sku_id} ${b.warehouse_id} ${b.condition}`}
            empty={
              filtered ? (
                <Empty title={low && !search.q ? t('stock.none_low') : t('stock.none_found')}>
                  <Button onClick={() => onSearch({ tab: 'balances' })}>{t('common.reset')}</Button>
                </Empty>
              ) : (
                <Empty title={t('stock.empty')}>
                  {mayAdjust ? (
                    <Button type="primary" onClick={() => onSearch({ tab: 'import' })}>
                      {t('stock.tab.import')}
                    </Button>
                  ) : null}
                </Empty>
              )
            }
            columns={can('field.cost') ? columns : columns.filter((c) => c.key !== 'cost')}
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
      {adjusting ? <AdjustDialog balance={adjusting === 'new' ? null : adjusting} onClose={() => setAdjusting(null)} /> : null}
      {levelling ? <LevelsDialog balance={levelling} onClose={() => setLevelling(null)} /> : null}
    </Page>
  )
}
