import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderReview } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { CopyButton } from '@/ui/Copyable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS } from './api'
import css from './review.module.css'

export type ReviewStep = 'reject' | 'ask' | 'listed'

interface ReviewAccountProps {
  id: string
  version: number
  /** The dialog that is open. */
  step: ReviewStep | null
  onStep: (step: ReviewStep | null) => void
  /** It was rejected: the next one is looked at. */
  onRejected: () => void
}

/** What the review rules say of an order, what its buyer was told, and what a reviewer does besides approving. */
export function ReviewAccount({ id, version, step, onStep, onRejected }: ReviewAccountProps) {
  const { t } = useTranslation()
  const can = useCan()
  const query = useQuery({
    queryKey: ['orders', 'judged', id, version],
    queryFn: ({ signal }) => api.get('/orders/{id}/review', { path: { id }, signal }),
    enabled: can('order.approve'),
    // A message on its way to the channel is there in a moment.
    refetchInterval: (q) => (q.state.data?.messages.some((m) => m.way === 'channel' && !m.sent_at) ? 2000 : false),
  })
  if (!can('order.approve')) return null
  return (
    <QueryState query={query}>
      {(account) => (
        <div className={css.account}>
          <Judgement account={account} />
          {can('order.hold') && account.address_faults.length > 0 ? (
            <div>
              <Button onClick={() => onStep('ask')}>{t('review.ask')}</Button>
            </div>
          ) : null}
          {step ? <StepDialog key={step} step={step} id={id} version={version} account={account} onRejected={onRejected} onClose={() => onStep(null)} /> : null}
        </div>
      )}
    </QueryState>
  )
}

function Judgement({ account }: { account: OrderReview }) {
  const { t } = useTranslation()
  return (
    <>
      <div className={css.tags} role="group" aria-label={t('review.account')}>
        {account.address_faults.map((f) => (
          <Tag key={f} tone="red">
            {t(`review.fault.${f}`)}
          </Tag>
        ))}
        {account.address_warnings.map((f) => (
          <Tag key={f} tone="amber">
            {t(`review.fault.${f}`)}
          </Tag>
        ))}
        {account.reasons
          .filter((r) => r.kind !== 'address_incomplete')
          .map((r) => (
            <Tag key={r.kind} tone="red">
              {`${t(`orders.hold.${r.kind}`)} ${r.note}`}
            </Tag>
          ))}
        {account.finance ? <Tag tone="amber">{t('review.finance', { why: account.finance })}</Tag> : null}
        {account.not_before_at ? (
          <span>
            {t('review.not_before')} <Time at={account.not_before_at} />
          </span>
        ) : null}
      </div>
      {account.messages.length > 0 ? (
        <ul className={css.told} aria-label={t('review.told')}>
          {account.messages.map((m) => (
            <Told key={m.id} message={m} />
          ))}
        </ul>
      ) : null}
    </>
  )
}

/** What the buyer is told, and how far it is: the channel takes it, or a person copies it and says so. */
function Told({ message: m }: { message: OrderReview['messages'][number] }) {
  const { t } = useTranslation()
  const toast = useToast()
  const sent = useAction({
    run: (id: string, key) => api.post('/review/messages/{id}/sent', undefined, { path: { id }, key }),
    invalidates: [['orders', 'judged'], ['orders', 'events']],
    onError: toast.bad,
  })
  return (
    <li>
      <Time at={m.created_at} /> {m.text} <CopyButton text={m.text} />{' '}
      {m.sent_at ? (
        <Tag tone="green">
          {t('review.sent')} <Time at={m.sent_at} />
        </Tag>
      ) : m.way === 'channel' ? (
        <Tag tone="blue">{t('review.sending')}</Tag>
      ) : (
        <>
          <Tag tone="amber">{t(m.way === 'refused' ? 'review.refused_copy' : 'review.copy_it')}</Tag>{' '}
          <Button disabled={sent.isPending} onClick={() => sent.mutate(m.id)}>
            {t('review.mark_sent')}
          </Button>
        </>
      )}
    </li>
  )
}

function StepDialog({ step, id, version, account, onRejected, onClose }: { step: ReviewStep; id: string; version: number; account: OrderReview; onRejected: () => void; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const mayClose = useCan()('order.close')
  const [reason, setReason] = useState('')
  const [text, setText] = useState(() => (step === 'ask' ? t('review.ask_text', { faults: account.address_faults.map((f) => t(`review.fault.${f}`)).join(', ') }) : ''))
  const [close, setClose] = useState(false)
  const [memo, setMemo] = useState(false)
  const mayNote = useCan()('order.note')
  const send = useAction<void, unknown>({
    run: (_, key) => {
      const options = { path: { id }, key }
      if (step === 'reject') return api.post('/orders/{id}/reject', { reason: reason.trim(), message: text.trim() || undefined, memo: memo || undefined, close, version }, options)
      if (step === 'ask') return api.post('/orders/{id}/ask-buyer-address', { text: text.trim() }, options)
      return api.post('/orders/{id}/blacklist', { reason: reason.trim() }, options)
    },
    invalidates: [...ORDER_KEYS, ['review']],
    onSuccess: () => {
      toast.ok(t(step === 'reject' ? 'review.rejected' : step === 'ask' ? 'review.asked' : 'review.added'))
      if (step === 'reject') onRejected()
      onClose()
    },
  })
  const titles = { reject: 'review.reject_title', ask: 'review.ask', listed: 'review.listed' } as const
  const valid = step === 'ask' ? text.trim() !== '' : reason.trim() !== ''
  return (
    <FormDialog title={t(titles[step])} action={step === 'reject' ? (close ? t('review.reject_and_close') : t('review.reject_and_hold')) : step === 'ask' ? t('review.ask_go') : t('review.listed')} danger={step === 'reject' && close} valid={valid} saving={send.isPending} error={send.error} onSave={() => send.mutate()} onClose={onClose}>
      {step === 'ask' ? null : (
        <Field label={t('review.reason')}>
          <Input aria-label={t('review.reason')} maxLength={60} value={reason} onChange={(e) => setReason(e.target.value)} />
        </Field>
      )}
      {step === 'listed' ? null : (
        <Field label={t('review.message')} hint={t('review.copy_hint')}>
          <Input.TextArea aria-label={t('review.message')} rows={4} maxLength={500} value={text} onChange={(e) => setText(e.target.value)} />
        </Field>
      )}
      {step === 'reject' && mayNote ? (
        <label>
          <input type="checkbox" checked={memo} onChange={(e) => setMemo(e.target.checked)} /> {t('review.reject_memo')}
        </label>
      ) : null}
      {step === 'reject' && mayClose ? (
        <label>
          <input type="checkbox" checked={close} onChange={(e) => setClose(e.target.checked)} /> {t('review.reject_close')}
        </label>
      ) : null}
    </FormDialog>
  )
}
