import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { CopyButton } from '@/ui/Copyable'
import { Panel } from '@/ui/Page'
import { QrCode } from '@/ui/QrCode'
import { Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import css from './settings.module.css'

/** The own authenticator app: turned on by scanning a code, turned off by a last one. */
export function SecondFactor({ on }: { on: boolean }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [codes, setCodes] = useState<string[] | null>(null)
  return (
    <Panel title={t('settings.totp')} note={<Tag tone={on ? 'green' : 'plain'}>{on ? t('settings.totp_on') : t('settings.totp_off')}</Tag>}>
      <div className={css.narrow}>
        <p className={css.muted}>{t('settings.totp_hint')}</p>
        <Button onClick={() => setOpen(true)}>{on ? t('settings.totp_disable') : t('settings.totp_enable')}</Button>
      </div>
      {open && on ? <DisableDialog onClose={() => setOpen(false)} /> : null}
      {open && !on ? (
        <EnableDialog
          onClose={() => setOpen(false)}
          onCodes={(list) => {
            setOpen(false)
            setCodes(list)
          }}
        />
      ) : null}
      {codes ? <RecoveryCodes codes={codes} onClose={() => setCodes(null)} /> : null}
    </Panel>
  )
}

/** First the password, then the secret to scan and the code that proves that it arrived. */
function EnableDialog({ onClose, onCodes }: { onClose: () => void; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const begin = useAction({ run: (proof: string, key) => api.post('/me/totp', { password: proof }, { key }) })
  const confirm = useAction({
    run: (typed: string, key) => api.post('/me/totp/confirm', { code: typed }, { key }),
    invalidates: [['me']],
    onSuccess: (out) => onCodes(out.recovery_codes),
  })
  const secret = begin.data
  if (!secret) {
    return (
      <FormDialog title={t('settings.totp_enable')} action={t('common.next')} valid={password !== ''} saving={begin.isPending} error={begin.error} onSave={() => begin.mutate(password)} onClose={onClose}>
        <Field label={t('settings.old_password')} hint={t('settings.totp_password_hint')}>
          <Input.Password autoFocus value={password} autoComplete="current-password" aria-label={t('settings.old_password')} onChange={(e) => setPassword(e.target.value)} />
        </Field>
      </FormDialog>
    )
  }
  return (
    <FormDialog title={t('settings.totp_enable')} action={t('settings.totp_confirm')} valid={/^\d{6}$/.test(code)} saving={confirm.isPending} error={confirm.error} onSave={() => confirm.mutate(code)} onClose={onClose}>
      <p>{t('settings.totp_scan')}</p>
      <div className={css.scan}>
        <QrCode text={secret.otpauth_url} label={t('settings.totp_qr')} />
      </div>
      <Field label={t('settings.totp_secret')} hint={t('settings.totp_secret_hint')}>
        <p className={css.secret}>
          <code>{secret.secret}</code> <CopyButton text={secret.secret} label={t('settings.totp_copy_secret')} />
        </p>
        <a href={secret.otpauth_url}>{t('settings.totp_open_app')}</a>
      </Field>
      <Field label={t('session.totp')}>
        <Input autoFocus inputMode="numeric" maxLength={6} value={code} autoComplete="one-time-code" aria-label={t('session.totp')} onChange={(e) => setCode(e.target.value.replace(/\D/g, ''))} />
      </Field>
    </FormDialog>
  )
}

function DisableDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const disable = useAction({
    run: (body: { password: string; code: string }, key) => api.post('/me/totp/disable', body, { key }),
    invalidates: [['me']],
    onSuccess: () => {
      toast.ok(t('settings.totp_disabled'))
      onClose()
    },
  })
  return (
    <FormDialog title={t('settings.totp_disable')} action={t('settings.totp_disable')} danger valid={password !== '' && code.trim() !== ''} saving={disable.isPending} error={disable.error} onSave={() => disable.mutate({ password, code: code.trim() })} onClose={onClose}>
      <Field label={t('settings.old_password')}>
        <Input.Password autoFocus value={password} autoComplete="current-password" aria-label={t('settings.old_password')} onChange={(e) => setPassword(e.target.value)} />
      </Field>
      <Field label={t('settings.totp_or_recovery')}>
        <Input value={code} autoComplete="one-time-code" aria-label={t('settings.totp_or_recovery')} onChange={(e) => setCode(e.target.value)} />
      </Field>
    </FormDialog>
  )
}

/** The codes that replace a lost phone; the server never shows them again, so closing needs a word that they are kept. */
function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation()
  const [kept, setKept] = useState(false)
  const text = codes.join('\n')
  return (
    <Modal
      open
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      title={t('settings.recovery_codes')}
      footer={
        <Button type="primary" disabled={!kept} onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      <p>{t('settings.recovery_hint')}</p>
      <ul className={css.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <CopyButton text={text} label={t('settings.recovery_copy')} />{' '}
        <a href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`} download="ordercove-recovery-codes.txt">
          {t('settings.recovery_download')}
        </a>
      </p>
      <label className={css.check}>
        <input type="checkbox" checked={kept} onChange={(e) => setKept(e.target.checked)} />
        {t('settings.recovery_kept')}
      </label>
    </Modal>
  )
}
