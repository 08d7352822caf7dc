import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Product } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import css from './catalog.module.css'
import { SkuDialog } from './SkuDialog'
import { Thumb } from './Thumb'

interface ProductsProps {
  q?: string
  onSearch: (q: string | undefined) => void
  /** Shows the SKUs of one product. */
  onSkus: (productId: string) => void
}

/** The merchant's own products: name, picture, and the way to their SKUs. */
export function Products({ q, onSearch, onSkus }: ProductsProps) {
  const { t } = useTranslation()
  const mayEdit = useCan()('catalog.edit')
  const [editing, setEditing] = useState<Product | 'new' | null>(null)
  const [adding, setAdding] = useState<Product | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['products', q],
    queryFn: ({ pageParam, signal }) => api.get('/products', { query: { q, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page
      title={t('catalog.tab.products')}
      hint={t('catalog.products_hint')}
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('catalog.new_product')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <Input.Search style={{ width: 280 }} allowClear defaultValue={q} aria-label={t('catalog.search_products')} placeholder={t('catalog.search_products')} onSearch={(text) => onSearch(text.trim() || undefined)} />
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable
            label={t('catalog.tab.products')}
            rows={rows}
            rowKey={(p) => p.id}
            empty={<Empty title={q ? t('catalog.nothing_found', { q }) : t('catalog.no_products')} />}
            columns={[
              {
                key: 'name',
                title: t('catalog.product_name'),
                render: (p) => (
                  <span className={css.named}>
                    <Thumb url={p.image_url} />
                    <strong>{p.name}</strong> {p.active ? null : <Tag>{t('catalog.inactive')}</Tag>}
                  </span>
                ),
              },
              { key: 'made', title: t('catalog.created'), render: (p) => <Time at={p.created_at} /> },
              {
                key: 'act',
                title: '',
                align: 'right',
                render: (p) => (
                  <span className={css.acts}>
                    <Button onClick={() => onSkus(p.id)}>{t('catalog.show_skus')}</Button>
                    {mayEdit ? <Button onClick={() => setAdding(p)}>{t('catalog.new_sku')}</Button> : null}
                    {mayEdit ? <Button onClick={() => setEditing(p)}>{t('common.edit')}</Button> : null}
                  </span>
                ),
              },
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
      {editing ? <ProductDialog product={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
      {adding ? <SkuDialog sku={null} product={adding} onClose={() => setAdding(null)} /> : null}
    </Page>
  )
}

function ProductDialog({ product, onClose }: { product: Product | null; onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(product?.name ?? '')
  const [image, setImage] = useState(product?.image_url ?? '')
  const [active, setActive] = useState(product?.active ?? true)
  const save = useAction({
    run: (body: object, key) => (product ? api.patch('/products/{id}', body, { path: { id: product.id }, key }) : api.post('/products', body, { key })),
    invalidates: [['products'], ['skus'], ['stock'], ['listings']],
    onSuccess: onClose,
  })
  const badImage = image !== '' && !/^https?:\/\//.test(image)
  return (
    <Modal
      open
      title={product ? t('catalog.edit_product') : t('catalog.new_product')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={name.trim() === '' || badImage} loading={save.isPending} onClick={() => save.mutate(defined({ name: name.trim(), image_url: image.trim(), active: product ? active : undefined, version: product?.version }))}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <label className={css.field}>
          <span>{t('catalog.product_name')}</span>
          <Input value={name} autoFocus={!product} onChange={(e) => setName(e.target.value)} />
        </label>
        <div className={css.imageRow}>
          <Thumb url={badImage ? '' : image} size={56} />
          <label className={css.field}>
            <span>{t('catalog.form.image')}</span>
            <Input value={image} status={badImage ? 'error' : undefined} onChange={(e) => setImage(e.target.value)} />
            <small className={css.muted}>{t('catalog.form.image_hint')}</small>
          </label>
        </div>
        {product ? (
          <label>
            <input type="checkbox" checked={active} onChange={(e) => setActive(e.target.checked)} /> {t('catalog.form.active')}
          </label>
        ) : null}
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}
