import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { VerifyAnswer, VerifySession } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { useCan } from '@/lib/session'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import css from './verify.module.css'

export interface About {
  bench: string
  session: VerifySession
  onClose: () => void
}

/** What people know the parcel by. */
export function numberOf(session: VerifySession): string {
  return session.waybill_no || session.orders[0]?.channel_order_no || session.fulfillment_order_id
}

/** A reason, written or taken from those that are usual. */
export function Reason({ usual, value, onChange }: { usual: string[]; value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation()
  return (
    <Field label={t('verify.reason')}>
      <Input autoFocus maxLength={200} aria-label={t('verify.reason')} value={value} onChange={(e) => onChange(e.target.value)} />
      <span className={css.usual}>
        {usual.map((text) => (
          <button key={text} type="button" onClick={() => onChange(text)}>
            {text}
          </button>
        ))}
      </span>
    </Field>
  )
}

/** Puts the parcel aside: its orders are held with the reason. */
export function HoldDialog({ bench, session, onDone, onClose }: About & { onDone: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const hold = useAction({
    run: (text: string, key) => api.post('/verify-sessions/{id}/hold', { bench, reason: text }, { path: { id: session.id }, key }),
    invalidates: [['orders']],
    onSuccess: onDone,
  })
  return (
    <FormDialog
      title={t('verify.hold_title', { no: numberOf(session) })}
      action={t('verify.hold_action', { count: session.orders.length })}
      valid={reason.trim() !== ''}
      saving={hold.isPending}
      error={hold.error}
      onSave={() => hold.mutate(reason.trim())}
      onClose={onClose}
    >
      <Reason usual={[t('verify.usual.short'), t('verify.usual.damaged'), t('verify.usual.ask')]} value={reason} onChange={setReason} />
    </FormDialog>
  )
}

/** Gives the parcel back to whoever scans it next. */
export function LeaveDialog({ bench, session, onDone, onClose }: About & { onDone: () => void }) {
  const { t } = useTranslation()
  const leave = useAction({
    run: (_: null, key) => api.post('/verify-sessions/{id}/leave', { bench }, { path: { id: session.id }, key }),
    onSuccess: onDone,
  })
  return (
    <FormDialog
      title={t('verify.leave_title', { no: numberOf(session) })}
      action={t('verify.leave_action', { count: session.done })}
      danger
      valid
      saving={leave.isPending}
      error={leave.error}
      onSave={() => leave.mutate(null)}
      onClose={onClose}
    >
      <p>{t('verify.leave_text', { count: session.done })}</p>
    </FormDialog>
  )
}

interface Signed {
  reason: string
  supervisor?: { user_name: string; password: string; code?: string }
}

/** Passes what does not verify, pieces or a weight, on the word of somebody who may: himself, or one who signs here. */
export function ForceDialog({ bench, session, gram, onDone, onClose }: About & { gram: number | null; onDone: (answer: VerifyAnswer) => void }) {
  const { t } = useTranslation()
  const own = useCan()('packing.force')
  const [reason, setReason] = useState('')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const left = session.need - session.done
  const force = useAction({
    run: (signed: Signed, key) =>
      gram === null
        ? api.post('/verify-sessions/{id}/force', { bench, ...signed }, { path: { id: session.id }, key })
        : api.post('/verify-sessions/{id}/weight', { bench, gram, ...signed }, { path: { id: session.id }, key }),
    onSuccess: onDone,
  })
  const second = code !== '' || (force.error instanceof ApiError && force.error.code === 'iam.vouch_totp')
  return (
    <FormDialog
      title={gram === null ? t('verify.force_title', { no: numberOf(session) }) : t('verify.force_weight_title', { no: numberOf(session) })}
      action={gram === null ? t('verify.force_action', { count: left }) : t('verify.force_weight_action', { gram })}
      danger
      valid={reason.trim() !== '' && (own || (name.trim() !== '' && password !== ''))}
      saving={force.isPending}
      error={force.error}
      onSave={() => force.mutate({ reason: reason.trim(), ...(own ? {} : { supervisor: { user_name: name.trim(), password, ...(code ? { code: code.trim() } : {}) } }) })}
      onClose={onClose}
    >
      <p>{gram === null ? t('verify.force_text', { count: left }) : t('verify.force_weight_text', { gram, expected: session.expected_gram })}</p>
      <Reason usual={gram === null ? [t('verify.usual.barcode'), t('verify.usual.counted')] : [t('verify.usual.box'), t('verify.usual.extra')]} value={reason} onChange={setReason} />
      {own ? null : (
        <>
          <Field label={t('verify.supervisor')} hint={t('verify.supervisor_hint')}>
            <Input maxLength={80} autoComplete="off" aria-label={t('verify.supervisor')} value={name} onChange={(e) => setName(e.target.value)} />
          </Field>
          <Field label={t('verify.supervisor_password')}>
            <Input.Password maxLength={200} autoComplete="new-password" aria-label={t('verify.supervisor_password')} value={password} onChange={(e) => setPassword(e.target.value)} />
          </Field>
          {second ? (
            <Field label={t('verify.supervisor_code')}>
              <Input maxLength={60} autoComplete="one-time-code" aria-label={t('verify.supervisor_code')} value={code} onChange={(e) => setCode(e.target.value)} />
            </Field>
          ) : null}
        </>
      )}
    </FormDialog>
  )
}

/** Keeps the link to the film of the packing. */
export function VideoDialog({ session, onDone, onClose }: { session: VerifySession; onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [url, setUrl] = useState(session.video_url)
  const save = useAction({
    run: (link: string, key) => api.put('/verify-sessions/{id}/video', { url: link }, { path: { id: session.id }, key }),
    onSuccess: onDone,
  })
  return (
    <FormDialog title={t('verify.video_title', { no: numberOf(session) })} valid={url.trim() !== session.video_url} saving={save.isPending} error={save.error} onSave={() => save.mutate(url.trim())} onClose={onClose}>
      <Field label={t('verify.video')} hint={t('verify.video_hint')}>
        <Input autoFocus maxLength={500} aria-label={t('verify.video')} placeholder="https://" value={url} onChange={(e) => setUrl(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
