import { Checkbox, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Aftersale } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { fenToInput, formatFen, parseYuan } from '@/lib/format'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { useToast } from '@/ui/Toast'
import css from './aftersales.module.css'
import { STALE } from './queries'

type Proof = Aftersale['refusal']['proofs'][number]['kind']

interface DecideDialogProps {
  one: Aftersale
  approve: boolean
  onClose: () => void
}

/** Agrees to a case or refuses it; the button says how much goes back to whom. */
export function DecideDialog({ one, approve, onClose }: DecideDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const asked = one.refund_fen ?? 0
  const [amount, setAmount] = useState(fenToInput(asked))
  const [reason, setReason] = useState(!approve && one.advice === 'refuse' ? t('aftersales.refuse_text') : '')
  const [address, setAddress] = useState('')
  const [shown, setShown] = useState<Proof[]>([])
  const { refusal } = one
  // What the channel does not take at all is said before anybody writes a reason.
  const closed = approve ? null : refusal.back_office ? 'back_office' : refusal.only_shipped && one.kind === 'refund' && one.parcel === 'not_shipped' ? 'unshipped' : null
  const proved = refusal.proofs.every((p) => !p.required || shown.includes(p.kind))
  const fen = parseYuan(amount)
  const returns = approve && one.state === 'requested' && one.kind === 'return'
  const save = useAction({
    run: (body: object, key) => api.post('/aftersales/{id}/decision', body, { path: { id: one.id }, key }),
    invalidates: STALE,
    onSuccess: () => {
      toast.ok(t('aftersales.decided'))
      onClose()
    },
  })
  const money = formatFen(fen ?? asked)
  const valid = approve ? fen !== null && fen >= 0 && fen <= asked : closed === null && proved && reason.trim() !== ''
  const action = !approve
    ? t('aftersales.do_refuse', { money: formatFen(asked) })
    : one.state === 'receiving'
      ? t('aftersales.do_confirm', { money })
      : returns
        ? t('aftersales.do_return', { money })
        : t('aftersales.do_refund', { money })
  return (
    <FormDialog
      title={approve ? t('aftersales.agree_title', { no: one.case_no }) : t('aftersales.refuse_title', { no: one.case_no })}
      action={action}
      danger
      valid={valid}
      saving={save.isPending}
      error={save.error}
      onSave={() =>
        save.mutate(
          defined({
            case_version: one.case_version,
            approve,
            amount_fen: approve ? (fen ?? 0) : undefined,
            reason: reason.trim() || undefined,
            proofs: approve || shown.length === 0 ? undefined : shown,
            return_address_no: returns ? address.trim() || undefined : undefined,
          }),
        )
      }
      onClose={onClose}
    >
      <p>{approve ? (one.parcel === 'not_shipped' ? t('aftersales.agree_stops') : t('aftersales.agree_hint')) : t('aftersales.refuse_hint')}</p>
      {approve ? (
        <Field label={t('aftersales.refund')} hint={t('aftersales.refund_hint', { money: formatFen(asked) })}>
          <Input prefix={'\u00a5'} inputMode="decimal" aria-label={t('aftersales.refund')} value={amount} onChange={(e) => setAmount(e.target.value)} />
        </Field>
      ) : (
        <Field label={t('aftersales.refuse_reason')}>
          <Input maxLength={200} autoFocus aria-label={t('aftersales.refuse_reason')} value={reason} onChange={(e) => setReason(e.target.value)} />
        </Field>
      )}
      {closed ? <p className={css.bad}>{t(`aftersales.refusal.${closed}`)}</p> : null}
      {!approve && refusal.proofs.length > 0 ? (
        <div className={css.proofs}>
          <span className={css.muted}>{t('aftersales.refusal.proofs')}</span>
          {refusal.proofs.map((p) => (
            <Checkbox
              key={p.kind}
              disabled={closed !== null}
              checked={shown.includes(p.kind)}
              onChange={(e) => setShown(e.target.checked ? [...shown, p.kind] : shown.filter((k) => k !== p.kind))}
            >
              {t(`aftersales.refusal.${p.kind}`)} <span className={css.muted}>{t(`aftersales.refusal.${p.need}`)}</span>
            </Checkbox>
          ))}
        </div>
      ) : null}
      {returns ? (
        <Field label={t('aftersales.return_address')} hint={t('aftersales.return_address_hint')}>
          <Input maxLength={64} aria-label={t('aftersales.return_address')} value={address} onChange={(e) => setAddress(e.target.value)} />
        </Field>
      ) : null}
    </FormDialog>
  )
}
