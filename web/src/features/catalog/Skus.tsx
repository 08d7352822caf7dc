import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sku } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { fenToInput, parseYuan } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import css from './catalog.module.css'

/** The merchant's own SKUs. */
export function Skus({ q, onSearch }: { q?: string; onSearch: (q: string | undefined) => void }) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState<Sku | 'new' | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['skus', 'list', q],
    queryFn: ({ pageParam, signal }) => api.get('/skus', { query: { q, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page
      title={t('catalog.tab.skus')}
      hint={t('catalog.skus_hint')}
      actions={
        <Button type="primary" onClick={() => setEditing('new')}>
          {t('catalog.new_sku')}
        </Button>
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <Input.Search style={{ width: 280 }} allowClear defaultValue={q} aria-label={t('catalog.search_skus')} placeholder={t('catalog.search_skus')} onSearch={(text) => onSearch(text.trim() || undefined)} />
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : (
          <DataTable
            label={t('catalog.tab.skus')}
            rows={rows}
            rowKey={(s) => s.id}
            empty={<Empty title={t('catalog.no_skus')} />}
            columns={[
              { key: 'code', title: t('catalog.sku_code'), render: (s) => <strong>{s.code}</strong> },
              {
                key: 'name',
                title: t('catalog.product_name'),
                render: (s) => (
                  <>
                    {s.product_name || s.name} <span className={css.muted}>{s.spec}</span> {s.is_bundle ? <Tag tone="blue">{t('catalog.bundle')}</Tag> : null} {s.active ? null : <Tag>{t('catalog.inactive')}</Tag>}
                  </>
                ),
              },
              { key: 'barcodes', title: t('catalog.barcode'), render: (s) => s.barcodes.join(', ') || '\u2013' },
              { key: 'cost', title: t('catalog.cost'), align: 'right', render: (s) => <Money fen={s.cost_fen} /> },
              { key: 'weight', title: t('catalog.weight'), align: 'right', render: (s) => s.weight_gram ?? '\u2013' },
              { key: 'edit', title: '', align: 'right', render: (s) => <Button onClick={() => setEditing(s)}>{t('common.edit')}</Button> },
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
      {editing ? <SkuDialog sku={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}

function SkuDialog({ sku, onClose }: { sku: Sku | null; onClose: () => void }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState({
    code: sku?.code ?? '',
    name: sku?.name ?? '',
    spec: sku?.spec ?? '',
    cost: fenToInput(sku?.cost_fen),
    weight: sku?.weight_gram ? String(sku.weight_gram) : '',
    barcodes: sku?.barcodes.join(' ') ?? '',
    active: sku?.active ?? true,
  })
  const set = (patch: Partial<typeof draft>) => setDraft((d) => ({ ...d, ...patch }))
  const save = useAction({
    run: (body: object, key) => (sku ? api.patch('/skus/{id}', body, { path: { id: sku.id }, key }) : api.post('/skus', body, { key })),
    invalidates: [['skus'], ['listings'], ['stock']],
    onSuccess: onClose,
  })
  const cost = draft.cost ? parseYuan(draft.cost) : undefined
  const weight = draft.weight ? Number(draft.weight) : 0
  const valid = draft.code.trim() !== '' && draft.name.trim() !== '' && cost !== null && Number.isInteger(weight) && weight >= 0
  const submit = () =>
    save.mutate(
      defined({
        code: draft.code.trim(),
        name: draft.name.trim(),
        spec: draft.spec.trim(),
        cost_fen: cost ?? undefined,
        clear_cost: sku?.cost_fen != null && draft.cost === '' ? true : undefined,
        weight_gram: weight > 0 ? weight : undefined,
        clear_weight: sku?.weight_gram != null && weight === 0 ? true : undefined,
        barcodes: draft.barcodes.split(/[\s,]+/).filter(Boolean),
        active: sku ? draft.active : undefined,
        version: sku?.version,
      }),
    )
  return (
    <Modal
      open
      title={sku ? t('catalog.edit_sku', { code: sku.code }) : t('catalog.new_sku')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={!valid} loading={save.isPending} onClick={submit}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        {(['code', 'name', 'spec', 'barcodes', 'cost', 'weight'] as const).map((key) => (
          <label key={key} className={css.field}>
            <span>{t(`catalog.form.${key}`)}</span>
            <Input value={draft[key]} autoFocus={key === 'code' && !sku} onChange={(e) => set({ [key]: e.target.value })} />
          </label>
        ))}
        {sku ? (
          <label>
            <input type="checkbox" checked={draft.active} onChange={(e) => set({ active: e.target.checked })} /> {t('catalog.form.active')}
          </label>
        ) : null}
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}
