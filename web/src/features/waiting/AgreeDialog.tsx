import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sku, WaitingOrder } from '@/lib/api/contract'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { SkuSelect } from '@/ui/SkuSelect'
import { useToast } from '@/ui/Toast'
import { endOfDay } from './outcome'
import { WAITING_KEYS } from './queries'
import css from './waiting.module.css'

interface AgreeDialogProps {
  orders: WaitingOrder[]
  onDone: () => void
  onClose: () => void
}

const AGREED = ['wait', 'replace', 'refund'] as const

/** What was agreed with the buyers of orders that wait. */
export function AgreeDialog({ orders, onDone, onClose }: AgreeDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const first = orders.length === 1 ? orders[0] : undefined
  const [agreed, setAgreed] = useState<(typeof AGREED)[number]>(first?.agreed || 'wait')
  const [day, setDay] = useState('')
  const [note, setNote] = useState(first?.agreed_note ?? '')
  const [sku, setSku] = useState<Sku | null>(null)
  const agree = useAction({
    run: (body: { order_ids: string[]; agreed: typeof agreed; note?: string; promised_at?: string; replace_sku_id?: string }, key) => api.post('/waiting-orders/agree', body, { key }),
    invalidates: WAITING_KEYS,
    onSuccess: (out) => {
      toast.ok(t('waiting.agreed_done', { count: out.changed }))
      onDone()
    },
  })
  const save = () =>
    agree.mutate({
      order_ids: orders.map((w) => w.order_id),
      agreed,
      note: note.trim() || undefined,
      promised_at: agreed === 'wait' && day ? endOfDay(day) : undefined,
      replace_sku_id: agreed === 'replace' ? sku?.id : undefined,
    })
  return (
    <FormDialog
      title={first ? t('waiting.agree_title', { no: first.channel_order_no }) : t('waiting.agree_title_many', { count: orders.length })}
      action={t(`waiting.agree_action.${agreed}`)}
      danger={agreed === 'refund'}
      valid
      saving={agree.isPending}
      error={agree.error}
      onSave={save}
      onClose={onClose}
    >
      <fieldset className={css.choices}>
        <legend>{t('waiting.agreed')}</legend>
        {AGREED.map((one) => (
          <label key={one}>
            <input type="radio" name="agreed" checked={agreed === one} onChange={() => setAgreed(one)} />
            <span>
              <b>{t(`waiting.agreed_to.${one}`)}</b>
              <small>{t(`waiting.agreed_hint.${one}`)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {agreed === 'wait' ? (
        <Field label={t('waiting.promise_day')} hint={t('waiting.promise_hint')}>
          <Input type="date" aria-label={t('waiting.promise_day')} value={day} onChange={(e) => setDay(e.target.value)} />
        </Field>
      ) : null}
      {agreed === 'replace' ? (
        <Field label={t('waiting.replace_sku')} hint={sku ? `${sku.code} ${sku.name}` : t('waiting.replace_later')}>
          <SkuSelect label={t('waiting.replace_sku')} onPick={setSku} />
        </Field>
      ) : null}
      <Field label={t('waiting.note')}>
        <Input.TextArea rows={2} maxLength={500} aria-label={t('waiting.note')} value={note} onChange={(e) => setNote(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
