import { Button, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sku } from '@/lib/api/contract'
import { DataTable } from '@/ui/DataTable'
import { Empty, ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { MAX_PARTS, partsValid, permille, shareOf, type PartDraft } from './bundle'
import css from './catalog.module.css'
import { SkuSelect } from '@/ui/SkuSelect'

/** What a bundle is made of: how many of each part, and which part of the price each bears. */
export function BundleDialog({ sku, onClose }: { sku: Sku; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [parts, setParts] = useState<PartDraft[]>(sku.components.map(({ sku_id, code, quantity, share }) => ({ sku_id, code, quantity, share })))
  const save = useAction({
    run: (list: PartDraft[], key) => api.post('/skus/{id}/components', { components: list.map(({ sku_id, quantity, share }) => ({ sku_id, quantity: quantity ?? 0, share: share ?? 0 })), version: sku.version }, { path: { id: sku.id }, key }),
    invalidates: [['skus'], ['stock'], ['orders']],
    onSuccess: () => {
      toast.ok(t('catalog.bundle_saved'))
      onClose()
    },
  })
  const shares = shareOf(parts)
  const change = (id: string, patch: Partial<PartDraft>) => setParts((all) => all.map((p) => (p.sku_id === id ? { ...p, ...patch } : p)))
  const emptied = parts.length === 0 && sku.is_bundle
  return (
    <Modal
      open
      width={680}
      title={t('catalog.bundle_title', { code: sku.code })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" danger={emptied} disabled={!partsValid(parts) || (parts.length === 0 && !sku.is_bundle)} loading={save.isPending} onClick={() => save.mutate(parts)}>
            {emptied ? t('catalog.bundle_dissolve') : t('common.save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p className={css.muted}>{t('catalog.bundle_hint')}</p>
        {parts.length < MAX_PARTS ? (
          <SkuSelect
            label={t('catalog.bundle_add')}
            without={(s) => s.id === sku.id || s.is_bundle || parts.some((p) => p.sku_id === s.id)}
            onPick={(s) => setParts((all) => [...all, { sku_id: s.id, code: `${s.code} ${s.name}`, quantity: 1, share: 1 }])}
          />
        ) : null}
        <DataTable
          label={t('catalog.components')}
          rows={parts.map((p, i) => ({ ...p, part: shares?.[i] }))}
          rowKey={(p) => p.sku_id}
          empty={<Empty title={t('catalog.no_components')} />}
          columns={[
            { key: 'code', title: t('catalog.sku'), render: (p) => p.code },
            { key: 'quantity', title: t('catalog.quantity'), width: 110, render: (p) => <InputNumber min={1} max={10_000} precision={0} value={p.quantity} aria-label={t('catalog.quantity_of', { code: p.code })} onChange={(quantity) => change(p.sku_id, { quantity })} /> },
            { key: 'share', title: t('catalog.share'), width: 120, render: (p) => <InputNumber min={0} max={1_000_000} precision={0} value={p.share} aria-label={t('catalog.share_of', { code: p.code })} onChange={(share) => change(p.sku_id, { share })} /> },
            { key: 'part', title: t('catalog.part_of_price'), align: 'right', width: 90, render: (p) => (p.part === undefined ? '\u2013' : permille(p.part)) },
            {
              key: 'out',
              title: '',
              align: 'right',
              width: 70,
              render: (p) => (
                <Button aria-label={t('catalog.take_out', { code: p.code })} onClick={() => setParts((all) => all.filter((x) => x.sku_id !== p.sku_id))}>
                  {t('common.delete')}
                </Button>
              ),
            },
          ]}
        />
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}
