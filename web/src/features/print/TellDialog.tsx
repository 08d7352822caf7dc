import { InputNumber, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { groupDigits } from '@/lib/format'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { useToast } from '@/ui/Toast'
import { ranges } from './group'
import { tellable } from './labels'
import css from './print.module.css'
import type { BatchDetail } from './queries'

/** Which labels came out and which did not: a jam rarely takes all of them. */
export function TellDialog({ batch, onClose }: { batch: BatchDetail; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const open = batch.labels.filter(tellable).map((l) => l.sequence)
  const [from, setFrom] = useState(open[0] ?? 1)
  const [to, setTo] = useState(open.at(-1) ?? 1)
  const [printed, setPrinted] = useState(false)
  const hit = open.filter((n) => n >= from && n <= to)
  const tell = useAction({
    run: (body: { from: number; to: number; printed: boolean }, key) => api.post('/print/batches/{id}/told', body, { path: { id: batch.id }, key }),
    invalidates: [['print']],
    onSuccess: (out) => {
      toast.ok(t('print.told', { count: out.changed, n: groupDigits(out.changed) }))
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('print.tell_title', { code: batch.code })}
      action={printed ? t('print.tell_printed', { count: hit.length, n: groupDigits(hit.length) }) : t('print.tell_failed', { count: hit.length, n: groupDigits(hit.length) })}
      valid={hit.length > 0}
      saving={tell.isPending}
      error={tell.error}
      onSave={() => tell.mutate({ from, to, printed })}
      onClose={onClose}
    >
      <p className={css.muted}>{t('print.tell_open', { numbers: ranges(open) })}</p>
      <div className={css.pair}>
        <Field label={t('print.from')}>
          <InputNumber aria-label={t('print.from')} min={1} max={batch.total} precision={0} value={from} onChange={(n) => setFrom(n ?? 1)} />
        </Field>
        <Field label={t('print.to')}>
          <InputNumber aria-label={t('print.to')} min={1} max={batch.total} precision={0} value={to} onChange={(n) => setTo(n ?? 1)} />
        </Field>
      </div>
      <Radio.Group value={printed} onChange={(e) => setPrinted(Boolean(e.target.value))} options={[{ value: false, label: t('print.did_not') }, { value: true, label: t('print.came_out') }]} />
      {printed ? null : <p className={css.muted}>{t('print.did_not_hint')}</p>}
    </FormDialog>
  )
}
