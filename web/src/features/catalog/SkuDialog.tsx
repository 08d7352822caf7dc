import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sku } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { fenToInput, parseYuan } from '@/lib/format'
import { useCan } from '@/lib/session'
import { ErrorBox } from '@/ui/States'
import { Thumb } from './Thumb'
import css from './catalog.module.css'

const CLASSES = ['fragile', 'liquid', 'battery', 'magnetic', 'fresh', 'bulky'] as const

/** Adds a SKU, of a product that exists or a new one, or changes one. */
export function SkuDialog({ sku, product, onClose }: { sku: Sku | null; product?: { id: string; name: string }; onClose: () => void }) {
  const { t } = useTranslation()
  // Who may not see costs must not overwrite one with nothing.
  const seesCost = useCan()('field.cost')
  const [draft, setDraft] = useState({
    code: sku?.code ?? '',
    product: sku?.product_name ?? product?.name ?? '',
    spec: sku?.spec ?? '',
    cost: fenToInput(sku?.cost_fen),
    weight: sku?.weight_gram ? String(sku.weight_gram) : '',
    volume: sku?.volume_ml ? String(sku.volume_ml) : '',
    classes: sku?.classes ?? [],
    barcodes: sku?.barcodes.join(' ') ?? '',
    image: sku?.image_url ?? '',
    active: sku?.active ?? true,
  })
  const set = (patch: Partial<typeof draft>) => setDraft((d) => ({ ...d, ...patch }))
  const save = useAction({
    run: (body: object, key) => (sku ? api.patch('/skus/{id}', body, { path: { id: sku.id }, key }) : api.post('/skus', body, { key })),
    invalidates: [['skus'], ['products'], ['listings'], ['stock']],
    onSuccess: onClose,
  })
  const cost = draft.cost ? parseYuan(draft.cost) : undefined
  const weight = draft.weight ? Number(draft.weight) : 0
  const volume = draft.volume ? Number(draft.volume) : 0
  const problems = {
    code: draft.code.trim() === '',
    product: !sku && !product && draft.product.trim() === '',
    cost: cost === null || (cost ?? 0) < 0,
    weight: !Number.isInteger(weight) || weight < 0,
    volume: !Number.isInteger(volume) || volume < 0,
    image: draft.image !== '' && !/^https?:\/\//.test(draft.image),
  }
  const valid = !Object.values(problems).some(Boolean)
  const submit = () =>
    save.mutate(
      defined({
        code: draft.code.trim(),
        product_id: sku ? undefined : product?.id,
        product_name: sku || product ? undefined : draft.product.trim(),
        spec: draft.spec.trim(),
        cost_fen: seesCost ? (cost ?? undefined) : undefined,
        clear_cost: seesCost && sku?.cost_fen != null && draft.cost === '' ? true : undefined,
        weight_gram: weight > 0 ? weight : undefined,
        clear_weight: sku?.weight_gram != null && weight === 0 ? true : undefined,
        volume_ml: volume > 0 || sku?.volume_ml != null ? volume : undefined,
        classes: draft.classes,
        barcodes: draft.barcodes.split(/[\s,\uff0c]+/).filter(Boolean),
        image_url: draft.image.trim(),
        active: sku ? draft.active : undefined,
        version: sku?.version,
      }),
    )
  const field = (key: 'code' | 'product' | 'spec' | 'barcodes' | 'cost' | 'weight' | 'volume' | 'image', options: { disabled?: boolean; hint?: string } = {}) => (
    <label className={css.field}>
      <span>{t(`catalog.form.${key}`)}</span>
      <Input value={draft[key]} disabled={options.disabled} status={draft[key] !== '' && key in problems && problems[key as keyof typeof problems] ? 'error' : undefined} autoFocus={key === 'code' && !sku} onChange={(e) => set({ [key]: e.target.value })} />
      {options.hint ? <small className={css.muted}>{options.hint}</small> : null}
    </label>
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
        {field('code')}
        {field('product', { disabled: sku !== null || product !== undefined, hint: sku ? t('catalog.form.product_hint') : undefined })}
        {field('spec')}
        {field('barcodes')}
        <div className={css.pair}>
          {seesCost ? field('cost') : null}
          {field('weight')}
          {field('volume')}
        </div>
        <label className={css.field}>
          <span>{t('catalog.form.classes')}</span>
          <Select mode="tags" tokenSeparators={[',', '\uff0c', '\u3001']} aria-label={t('catalog.form.classes')} value={draft.classes} options={CLASSES.map((key) => ({ value: t(`catalog.classes.${key}`) }))} onChange={(classes: string[]) => set({ classes })} />
          <small className={css.muted}>{t('catalog.form.classes_hint')}</small>
        </label>
        <div className={css.imageRow}>
          <Thumb url={problems.image ? '' : draft.image} size={56} />
          {field('image', { hint: t('catalog.form.image_hint') })}
        </div>
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
