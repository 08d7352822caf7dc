import { Input, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { groupDigits } from '@/lib/format'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { repeatable } from './labels'
import css from './print.module.css'
import type { BatchDetail, Started } from './queries'

/** Prints a range of a batch again, marked, with its reason: after a jam, or when the ribbon ran out. */
export function ReprintDialog({ batch, onStarted, onClose }: { batch: BatchDetail; onStarted: (batch: string | undefined) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const may = batch.labels.filter(repeatable).map((l) => l.sequence)
  const [from, setFrom] = useState(may[0] ?? 1)
  const [to, setTo] = useState(may.at(-1) ?? 1)
  const [reason, setReason] = useState('')
  const [left, setLeft] = useState<Started['left']>([])
  const hit = may.filter((n) => n >= from && n <= to).length
  const start = useAction({
    run: (body: { from: number; to: number; reason: string }, key) => api.post('/print/batches/{id}/reprint', body, { path: { id: batch.id }, key }),
    invalidates: [['print']],
    onSuccess: (out) => {
      if (out.left.length === 0) onStarted(out.batch?.id)
      else setLeft(out.left)
    },
  })
  const done = start.data
  if (done && left.length > 0) {
    return (
      <FormDialog title={t('print.reprint_range')} action={t('common.close')} valid saving={false} error={null} onSave={() => onStarted(done.batch?.id)} onClose={() => onStarted(done.batch?.id)}>
        <p>{t('print.left_out', { count: left.length, n: groupDigits(left.length) })}</p>
        <ul className={css.before}>
          {left.map((l) => (
            <li key={l.fulfillment_order_id}>{l.error.message}</li>
          ))}
        </ul>
      </FormDialog>
    )
  }
  return (
    <FormDialog
      title={t('print.reprint_range')}
      action={t('print.again_n', { count: hit, n: groupDigits(hit) })}
      danger
      valid={hit > 0 && reason.trim() !== ''}
      saving={start.isPending}
      error={start.error}
      onSave={() => start.mutate({ from, to, reason: reason.trim() })}
      onClose={onClose}
    >
      <p className={css.muted}>{t('print.reprint_hint')}</p>
      <div className={css.pair}>
        <Field label={t('print.from')}>
          <InputNumber aria-label={t('print.from')} min={1} max={batch.total} precision={0} value={from} onChange={(n) => setFrom(n ?? 1)} />
        </Field>
        <Field label={t('print.to')}>
          <InputNumber aria-label={t('print.to')} min={1} max={batch.total} precision={0} value={to} onChange={(n) => setTo(n ?? 1)} />
        </Field>
      </div>
      <Field label={t('print.reason')}>
        <Input aria-label={t('print.reason')} maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
