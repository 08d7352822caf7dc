import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Sku } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { DataTable, type Column } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { BundleDialog } from './BundleDialog'
import css from './catalog.module.css'
import { SkuDialog } from './SkuDialog'
import { Thumb } from './Thumb'

interface SkusProps {
  q?: string
  /** Only the SKUs of this product. */
  productId?: string
  onSearch: (q: string | undefined) => void
  onAll: () => void
}

/** The merchant's own SKUs. */
export function Skus({ q, productId, onSearch, onAll }: SkusProps) {
  const { t } = useTranslation()
  const can = useCan()
  const mayEdit = can('catalog.edit')
  const [editing, setEditing] = useState<Sku | 'new' | null>(null)
  const [bundling, setBundling] = useState<Sku | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['skus', 'list', q, productId],
    queryFn: ({ pageParam, signal }) => api.get('/skus', { query: { q, product_id: productId, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const columns: Column<Sku>[] = [
    { key: 'code', title: t('catalog.sku_code'), render: (s) => <strong>{s.code}</strong> },
    { key: 'name', title: t('catalog.product_name'), render: (s) => <Name sku={s} /> },
    { key: 'barcodes', title: t('catalog.barcode'), render: (s) => s.barcodes.join(', ') || '\u2013' },
    { key: 'cost', title: t('catalog.cost'), align: 'right', render: (s) => <Money fen={s.cost_fen} /> },
    { key: 'weight', title: t('catalog.weight'), align: 'right', render: (s) => s.weight_gram ?? '\u2013' },
    {
      key: 'edit',
      title: '',
      align: 'right',
      render: (s) =>
        mayEdit ? (
          <span className={css.acts}>
            <Button onClick={() => setBundling(s)}>{s.is_bundle ? t('catalog.components') : t('catalog.make_bundle')}</Button>
            <Button onClick={() => setEditing(s)}>{t('common.edit')}</Button>
          </span>
        ) : null,
    },
  ]
  return (
    <Page
      title={t('catalog.tab.skus')}
      hint={t('catalog.skus_hint')}
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('catalog.new_sku')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <Input.Search style={{ width: 280 }} allowClear defaultValue={q} aria-label={t('catalog.search_skus')} placeholder={t('catalog.search_skus')} onSearch={(text) => onSearch(text.trim() || undefined)} />
          {productId ? <Button onClick={onAll}>{t('catalog.all_skus')}</Button> : null}
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable label={t('catalog.tab.skus')} rows={rows} rowKey={(s) => s.id} empty={<Empty title={q ? t('catalog.nothing_found', { q }) : t('catalog.no_skus')} />} columns={can('field.cost') ? columns : columns.filter((c) => c.key !== 'cost')} />
        ) : null}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {editing ? <SkuDialog sku={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
      {bundling ? <BundleDialog sku={bundling} onClose={() => setBundling(null)} /> : null}
    </Page>
  )
}

function Name({ sku }: { sku: Sku }) {
  const { t } = useTranslation()
  return (
    <span className={css.named}>
      <Thumb url={sku.image_url} />
      <span>
        {sku.product_name || sku.name} <span className={css.muted}>{sku.spec}</span> {sku.is_bundle ? <Tag tone="blue">{t('catalog.bundle')}</Tag> : null} {sku.active ? null : <Tag>{t('catalog.inactive')}</Tag>}
        {sku.is_bundle ? <div className={css.muted}>{sku.components.map((c) => `${c.code} \u00d7${c.quantity}`).join(' + ')}</div> : null}
      </span>
    </span>
  )
}
