import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuery } from '@tanstack/react-query'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sku, WaitingOrder, WaitingSku } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { groupDigits } from '@/lib/format'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { SkuSelect } from '@/ui/SkuSelect'
import { useToast } from '@/ui/Toast'
import { swapsOf } from './outcome'
import { WAITING_KEYS } from './queries'
import css from './waiting.module.css'

interface ReplaceDialogProps {
  sku: WaitingSku
  orders: WaitingOrder[]
  onDone: () => void
  onClose: () => void
}

interface Outcome {
  done: string[]
  short: string[]
  refused: { order: WaitingOrder; why: string }[]
}

/** Other goods for orders that wait: their lines change, stock is reserved again, and they are allocated. */
export function ReplaceDialog({ sku, orders, onDone, onClose }: ReplaceDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [to, setTo] = useState<Sku | null>(null)
  const [note, setNote] = useState('')
  const [outcome, setOutcome] = useState<Outcome>({ done: [], short: [], refused: [] })
  const free = useQuery({
    queryKey: ['stock', 'free', to?.id],
    queryFn: ({ signal }) => api.get('/stock', { query: { sku_id: to?.id ?? '', limit: 200 }, signal }).then((l) => l.items.filter((b) => b.condition === 'good').reduce((n, b) => n + b.available, 0)),
    enabled: to !== null,
  }).data
  const left = orders.filter((w) => !outcome.done.includes(w.order_id))
  const pieces = left.reduce((n, w) => n + w.missing.filter((p) => p.sku_id === sku.sku_id).reduce((m, p) => m + p.quantity, 0), 0)
  const replace = useAction({
    run: async (input: { to: string; orders: WaitingOrder[]; note: string }, key) => {
      const out: Outcome = { done: [...outcome.done], short: [...outcome.short], refused: [] }
      for (const w of input.orders) {
        try {
          const r = await api.post('/waiting-orders/{id}/replace', { lines: swapsOf(w, sku.sku_id, input.to), note: input.note || undefined }, { path: { id: w.order_id }, key: `${key}-${w.order_id}` })
          out.done.push(w.order_id)
          if (r.out_of_stock) out.short.push(w.channel_order_no)
        } catch (cause) {
          // An answer that was lost is asked for again under the same key; what was refused is shown.
          if (!(cause instanceof ApiError) || cause.outcomeUnknown) throw cause
          out.refused.push({ order: w, why: cause.detail })
        }
      }
      return out
    },
    invalidates: [...WAITING_KEYS, ['stock']],
    onSuccess: (out) => {
      setOutcome(out)
      if (out.refused.length > 0) return
      if (out.short.length > 0) toast.ok(t('waiting.replaced_short', { count: out.short.length, no: out.short.slice(0, 3).join(', ') }))
      else toast.ok(t('waiting.replaced', { count: out.done.length, code: to?.code ?? '' }))
      onDone()
    },
  })
  const first = orders.length === 1 ? orders[0] : undefined
  const bundle = orders.flatMap((w) => w.missing).find((p) => p.sku_id === sku.sku_id && p.line_sku_id !== p.sku_id)
  return (
    <FormDialog
      title={first ? t('waiting.replace_title', { no: first.channel_order_no, code: sku.sku_code }) : t('waiting.replace_title_many', { count: orders.length, code: sku.sku_code })}
      action={to ? t('waiting.replace_go', { count: left.length, from: sku.sku_code, code: to.code }) : t('waiting.replace')}
      valid={to !== null && left.length > 0}
      saving={replace.isPending}
      error={replace.error}
      onSave={() => to && replace.mutate({ to: to.id, orders: left, note: note.trim() })}
      onClose={onClose}
    >
      <Field label={t('waiting.replace_sku')} hint={t('waiting.replace_hint')}>
        <SkuSelect label={t('waiting.replace_sku')} without={(k) => k.id === sku.sku_id} onPick={setTo} />
      </Field>
      {to ? (
        <p role="status" className={free !== undefined && free < pieces ? css.short : undefined}>
          <b>{to.code}</b> {to.name} · {free === undefined ? '\u2013' : t('waiting.replace_free', { free: groupDigits(free), n: groupDigits(pieces) })}
        </p>
      ) : null}
      {bundle ? <p className={css.muted}>{t('waiting.replace_bundle', { title: bundle.title })}</p> : null}
      <Field label={t('waiting.note')}>
        <Input.TextArea rows={2} maxLength={500} aria-label={t('waiting.note')} value={note} onChange={(e) => setNote(e.target.value)} />
      </Field>
      {outcome.refused.length > 0 ? (
        <div role="alert" className={css.refused}>
          <b>{t('waiting.replaced_partly', { ok: outcome.done.length, failed: outcome.refused.length })}</b>
          <ul>
            {outcome.refused.map((r) => (
              <li key={r.order.order_id}>
                {r.order.channel_order_no}: {r.why}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </FormDialog>
  )
}
