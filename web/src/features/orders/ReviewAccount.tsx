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

type Step = 'reject' | 'ask' | 'listed'

/** What the review rules say of an order, what its buyer was told, and what a reviewer does besides approving. */
export function ReviewAccount({ id, version }: { id: string; version: number }) {
  const { t } = useTranslation()
  const can = useCan()
  const [step, setStep] = useState<Step | null>(null)
  const query = useQuery({ queryKey: ['orders', 'judged', id, version], queryFn: ({ signal }) => api.get('/orders/{id}/review', { path: { id }, signal }), enabled: can('order.approve') })
  if (!can('order.approve')) return null
  return (
    <QueryState query={query}>
      {(account) => (
        <div className={css.account}>
          <Judgement account={account} />
          <div className={css.top}>
            {can('order.hold') ? <Button onClick={() => setStep('reject')}>{t('review.reject')}</Button> : null}
            {can('order.hold') && account.address_faults.length > 0 ? <Button onClick={() => setStep('ask')}>{t('review.ask')}</Button> : null}
            {can('review.edit') ? <Button onClick={() => setStep('listed')}>{t('review.listed')}</Button> : null}
          </div>
          {step ? <StepDialog key={step} step={step} id={id} version={version} account={account} onClose={() => setStep(null)} /> : null}
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
            <li key={`${m.created_at} ${m.kind}`}>
              <Time at={m.created_at} /> {m.text} <CopyButton text={m.text} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  )
}

function StepDialog({ step, id, version, account, onClose }: { step: Step; id: string; version: number; account: OrderReview; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const mayClose = useCan()('order.close')
  const [reason, setReason] = useState('')
  const [text, setText] = useState(() => (step === 'ask' ? t('review.ask_text', { faults: account.address_faults.map((f) => t(`review.fault.${f}`)).join(', ') }) : ''))
  const [close, setClose] = useState(false)
  const send = useAction<void, unknown>({
    run: (_, key) => {
      const options = { path: { id }, key }
      if (step === 'reject') return api.post('/orders/{id}/reject', { reason: reason.trim(), message: text.trim() || undefined, close, version }, options)
      if (step === 'ask') return api.post('/orders/{id}/ask-buyer-address', { text: text.trim() }, options)
      return api.post('/orders/{id}/blacklist', { reason: reason.trim() }, options)
    },
    invalidates: [...ORDER_KEYS, ['review']],
    onSuccess: () => {
      toast.ok(t(step === 'reject' ? 'review.rejected' : step === 'ask' ? 'review.asked' : 'review.added'))
      onClose()
    },
  })
  const titles = { reject: 'review.reject_title', ask: 'review.ask', listed: 'review.listed' } as const
  const valid = step === 'ask' ? text.trim() !== '' : reason.trim() !== ''
  return (
    <FormDialog title={t(titles[step])} danger={step === 'reject' && close} valid={valid} saving={send.isPending} error={send.error} onSave={() => send.mutate()} onClose={onClose}>
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
      {step === 'reject' && mayClose ? (
        <label>
          <input type="checkbox" checked={close} onChange={(e) => setClose(e.target.checked)} /> {t('review.reject_close')}
        </label>
      ) : null}
    </FormDialog>
  )
}
