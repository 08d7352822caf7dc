import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Balance } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { DataTable } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
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
  const [adjusting, setAdjusting] = useState<Balance | null>(null)
  const low = search.low === '1' ? true : undefined
  const list = useInfiniteQuery({
    queryKey: ['stock', 'balances', search.q, search.warehouse_id, low],
    queryFn: ({ pageParam, signal }) => api.get('/stock', { query: { q: search.q, warehouse_id: search.warehouse_id, low, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page title={t('stock.tab.balances')} actions={<Button onClick={() => onSearch({ tab: 'import' })}>{t('stock.tab.import')}</Button>}>
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
        ) : (
          <DataTable
            label={t('stock.tab.balances')}
            rows={rows}
            rowKey={(b) => `${b.sku_id} ${b.warehouse_id} ${b.condition}`}
            empty={
              <Empty title={t('stock.empty')}>
                <Button type="primary" onClick={() => onSearch({ tab: 'import' })}>
                  {t('stock.tab.import')}
                </Button>
              </Empty>
            }
            columns={[
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
              { key: 'cost', title: t('stock.cost'), align: 'right', render: (b) => <Money fen={b.cost_fen} /> },
              {
                key: 'act',
                title: '',
                align: 'right',
                render: (b) => (
                  <span className={css.acts}>
                    <Button onClick={() => setAdjusting(b)}>{t('stock.adjust')}</Button>
                    <Button onClick={() => onSearch({ tab: 'movements', sku_id: b.sku_id, warehouse_id: b.warehouse_id })}>{t('stock.history')}</Button>
                  </span>
                ),
              },
            ]}
          />
        )}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {adjusting ? <AdjustDialog balance={adjusting} onClose={() => setAdjusting(null)} /> : null}
    </Page>
  )
}

function AdjustDialog({ balance, onClose }: { balance: Balance; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [how, setHow] = useState<'change' | 'set_to'>('change')
  const [amount, setAmount] = useState<number | null>(null)
  const [reason, setReason] = useState('')
  const save = useAction({
    run: (body: object, key) => api.post('/stock/adjust', body, { key }),
    invalidates: [['stock'], ['orders'], ['home']],
    onSuccess: () => {
      toast.ok(t('stock.adjusted'))
      onClose()
    },
  })
  const after = amount === null ? null : how === 'change' ? balance.on_hand + amount : amount
  return (
    <Modal
      open
      title={t('stock.adjust_title', { code: balance.sku_code, warehouse: balance.warehouse_name })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            disabled={amount === null || (how === 'change' && amount === 0) || !reason.trim()}
            loading={save.isPending}
            onClick={() => save.mutate({ sku_id: balance.sku_id, warehouse_id: balance.warehouse_id, condition: balance.condition, [how]: amount, reason: reason.trim() })}
          >
            {after === null ? t('stock.adjust') : t('stock.adjust_to', { before: balance.on_hand, after })}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <Radio.Group value={how} onChange={(e) => setHow(e.target.value)} options={(['change', 'set_to'] as const).map((v) => ({ value: v, label: t(`stock.how.${v}`) }))} />
        <InputNumber autoFocus precision={0} min={how === 'set_to' ? 0 : undefined} value={amount} aria-label={t('stock.quantity')} onChange={setAmount} style={{ width: 160 }} />
        <Input value={reason} maxLength={200} placeholder={t('stock.reason')} aria-label={t('stock.reason')} onChange={(e) => setReason(e.target.value)} />
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}
