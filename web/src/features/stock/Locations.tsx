import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { SheetImport } from '@/ui/SheetImport'
import { SkuSelect } from '@/ui/SkuSelect'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { TextBox } from '@/ui/TextBox'
import { useToast } from '@/ui/Toast'
import { locationTable } from './pasted'
import type { StockSearch } from './search'
import css from './stock.module.css'

interface Placed {
  sku_id: string
  sku_code: string
  code: string
}

/** Where each SKU lies in a warehouse; pick lists are walked in this order. */
export function Locations({ search, onSearch }: { search: StockSearch; onSearch: (next: StockSearch) => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('inventory.adjust')
  const warehouses = useWarehouses()
  const warehouse = search.warehouse_id ?? warehouses.find((w) => w.is_default)?.id ?? warehouses[0]?.id ?? ''
  const [adding, setAdding] = useState<Placed | null>(null)
  const [importing, setImporting] = useState(false)
  const here = warehouses.find((w) => w.id === warehouse)
  const list = useInfiniteQuery({
    queryKey: ['stock', 'locations', warehouse],
    queryFn: ({ pageParam, signal }) => api.get('/warehouses/{id}/locations', { path: { id: warehouse }, query: { limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled: warehouse !== '',
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const put = useAction({
    run: (place: Placed, key) => api.put('/warehouses/{id}/locations', { locations: [{ sku_id: place.sku_id, code: place.code.trim() }] }, { path: { id: warehouse }, key }),
    invalidates: [['stock', 'locations']],
    onSuccess: (_, place) => {
      setAdding(null)
      toast.ok(place.code.trim() ? t('stock.placed', { code: place.sku_code, at: place.code.trim() }) : t('stock.unplaced', { code: place.sku_code }))
    },
    onError: toast.bad,
  })
  return (
    <Page
      title={t('stock.tab.locations')}
      hint={t('stock.locations_hint')}
      actions={
        may ? (
          <Button type="primary" disabled={!here} onClick={() => setImporting(true)}>
            {t('stock.import_locations')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <Select style={{ width: 160 }} aria-label={t('stock.warehouse')} value={warehouse || undefined} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={(id: string) => onSearch({ ...search, warehouse_id: id })} />
          {may ? (
            <div style={{ width: 280 }}>
              <SkuSelect label={t('stock.place_sku')} onPick={(sku) => setAdding({ sku_id: sku.id, sku_code: sku.code, code: '' })} />
            </div>
          ) : null}
          {adding ? (
            <>
              <strong>{adding.sku_code}</strong>
              <TextBox autoFocus label={t('stock.location')} width={160} maxLength={32} value={adding.code} onChange={(code) => setAdding({ ...adding, code })} onEnter={() => adding.code.trim() && put.mutate(adding)} />
              <Button type="primary" disabled={!adding.code.trim()} loading={put.isPending} onClick={() => put.mutate(adding)}>
                {t('common.save')}
              </Button>
            </>
          ) : null}
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable
            label={t('stock.tab.locations')}
            rows={rows}
            rowKey={(p) => p.sku_id}
            empty={<Empty title={t('stock.no_locations')} />}
            columns={[
              { key: 'code', title: t('stock.sku_code'), render: (p) => <strong>{p.sku_code}</strong> },
              { key: 'at', title: t('stock.location'), render: (p) => (may ? <Place key={p.code} place={p} saving={put.isPending} onSave={(code) => put.mutate({ ...p, code })} /> : p.code) },
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
      {importing && here ? (
        <Modal open width={760} title={t('stock.import_locations')} onCancel={() => setImporting(false)} footer={<Button onClick={() => setImporting(false)}>{t('common.close')}</Button>}>
          <SheetImport
            path="/location-imports"
            title={t('stock.drop_locations')}
            hint={t('stock.drop_locations_hint')}
            invalidates={[['stock', 'locations']]}
            fields={[
              { key: 'sku_code', label: t('stock.sku_or_barcode'), required: true },
              { key: 'location', label: t('stock.location'), required: true },
              { key: 'warehouse', label: t('stock.warehouse') },
            ]}
            paste={{ label: t('stock.paste_locations'), hint: t('stock.paste_locations_hint', { warehouse: here.name }), toTable: (text) => locationTable(text, here.code) }}
          />
        </Modal>
      ) : null}
    </Page>
  )
}

/** A location that is changed where it stands; emptied, the SKU has none any more. */
function Place({ place, saving, onSave }: { place: Placed; saving: boolean; onSave: (code: string) => void }) {
  const { t } = useTranslation()
  const [code, setCode] = useState(place.code)
  const changed = code.trim() !== place.code
  return (
    <span className={css.acts}>
      <TextBox label={t('stock.location_of', { code: place.sku_code })} width={180} maxLength={32} value={code} onChange={setCode} onEnter={() => changed && onSave(code)} />
      {changed ? (
        <Button disabled={saving} onClick={() => onSave(code)}>
          {code.trim() === '' ? t('common.delete') : t('common.save')}
        </Button>
      ) : null}
    </span>
  )
}
