import { useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Radio, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sku, VerifyPolicy } from '@/lib/api/contract'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { SkuSelect } from '@/ui/SkuSelect'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { policyQuery } from './policy'
import css from './verify.module.css'

const KINDS = ['', 'serial', 'imei'] as const

/** How parcels are verified: weighing, its bounds, and goods whose pieces have numbers of their own. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery({ ...policyQuery, staleTime: 0 })
  if (data) return <PolicyForm key={data.version} policy={data} onClose={onClose} />
  return error ? (
    <FormDialog title={t('verify.settings')} valid={false} saving={false} error={null} onSave={onClose} onClose={onClose}>
      <ErrorBox error={error} onRetry={() => void refetch()} />
    </FormDialog>
  ) : null
}

function PolicyForm({ policy, onClose }: { policy: VerifyPolicy; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [draft, setDraft] = useState(policy)
  const save = useAction({
    run: (body: VerifyPolicy, key) => api.put('/verify-policy', body, { key }),
    invalidates: [['verify', 'policy']],
    onSuccess: () => {
      toast.ok(t('verify.settings_saved'))
      onClose()
    },
  })
  const grams = (key: 'box_gram' | 'off_gram', label: string) => (
    <Field label={label}>
      <InputNumber min={0} max={200_000} precision={0} aria-label={label} value={draft[key]} onChange={(n) => setDraft({ ...draft, [key]: n ?? 0 })} />
    </Field>
  )
  return (
    <FormDialog title={t('verify.settings')} valid saving={save.isPending} error={save.error} onSave={() => save.mutate(draft)} onClose={onClose}>
      <Field label={t('verify.must_weigh')} hint={t('verify.must_weigh_hint')}>
        <span>
          <Switch checked={draft.must_weigh} aria-label={t('verify.must_weigh')} onChange={(on) => setDraft({ ...draft, must_weigh: on })} />
        </span>
      </Field>
      <div className={css.three}>
        {grams('box_gram', t('verify.box_gram'))}
        {grams('off_gram', t('verify.off_gram'))}
        <Field label={t('verify.off_percent')}>
          <InputNumber min={0} max={100} precision={0} aria-label={t('verify.off_percent')} value={draft.off_percent} onChange={(n) => setDraft({ ...draft, off_percent: n ?? 0 })} />
        </Field>
      </div>
      <SerialField />
    </FormDialog>
  )
}

/** Asks for the number of each piece of a SKU from now on, or no longer; kept at once. */
function SerialField() {
  const { t } = useTranslation()
  const toast = useToast()
  const [sku, setSku] = useState<Sku | null>(null)
  const [kind, setKind] = useState<(typeof KINDS)[number]>('serial')
  const save = useAction({
    run: (body: { serial: (typeof KINDS)[number] }, key) => api.put('/skus/{id}/serial', body, { path: { id: sku?.id ?? '' }, key }),
    onSuccess: (_, body) => {
      toast.ok(t(`verify.serial_set_${body.serial || 'none'}`, { sku: sku?.code ?? '' }))
      setSku(null)
    },
  })
  return (
    <Field label={t('verify.serial_goods')} hint={t('verify.serial_hint')}>
      {sku ? (
        <span className={css.serialRow}>
          <b>
            {sku.code} {sku.name}
          </b>
          <Radio.Group value={kind} onChange={(e) => setKind(e.target.value as (typeof KINDS)[number])} options={KINDS.map((value) => ({ value, label: t(`verify.serial_kind_${value || 'none'}`) }))} />
          <Button loading={save.isPending} onClick={() => save.mutate({ serial: kind })}>
            {t('verify.serial_keep', { sku: sku.code })}
          </Button>
        </span>
      ) : (
        <SkuSelect label={t('verify.serial_goods')} onPick={setSku} />
      )}
      {save.error ? <ErrorBox error={save.error} /> : null}
    </Field>
  )
}
