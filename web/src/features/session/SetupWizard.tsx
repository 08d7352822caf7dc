import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { Fragment, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { currentLanguage } from '@/lib/i18n'
import { writePref } from '@/lib/prefs'
import { ErrorBox } from '@/ui/States'
import css from './session.module.css'

const EMPTY = { token: '', merchant_name: '', merchant_code: '', display_name: '', user_name: '', password: '', again: '' }
type Draft = typeof EMPTY
const MIN_PASSWORD = 10

/** The first run: the token from the server's console, the merchant, the owner's account, and example data if wanted. */
export function SetupWizard({ token, onDone }: { token?: string; onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [step, setStep] = useState(token ? 1 : 0)
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, token: token ?? '' })
  const [demo, setDemo] = useState(true)
  const set = (key: keyof Draft) => (value: string) => setDraft((d) => ({ ...d, [key]: value }))
  const setup = useAction({
    run: (body: object, key) => api.post('/setup', body, { key }),
    onSuccess: () => {
      writePref('merchant', draft.merchant_code.trim())
      client.clear()
      onDone()
    },
  })
  const field = (key: keyof Draft, options: { type?: string; hint?: string; autoComplete?: string; focus?: boolean } = {}) => (
    <label className={css.field}>
      <span>{t(`session.setup.${key}`)}</span>
      <Input size="large" required autoFocus={options.focus} type={options.type} value={draft[key]} autoComplete={options.autoComplete ?? 'off'} onChange={(e) => set(key)(e.target.value)} />
      {options.hint ? <small>{options.hint}</small> : null}
    </label>
  )
  const steps: ReactNode[] = [
    field('token', { focus: true, hint: t('session.setup.token_hint') }),
    <Fragment key="merchant">
      {field('merchant_name', { focus: true, autoComplete: 'organization' })}
      {field('merchant_code', { hint: t('session.setup.merchant_code_hint') })}
    </Fragment>,
    <Fragment key="owner">
      {field('display_name', { focus: true, autoComplete: 'name' })}
      {field('user_name', { autoComplete: 'username' })}
      {field('password', { type: 'password', autoComplete: 'new-password', hint: t('session.setup.password_hint', { min: MIN_PASSWORD }) })}
      {field('again', { type: 'password', autoComplete: 'new-password' })}
    </Fragment>,
    <label key="demo" className={css.check}>
      <input type="checkbox" checked={demo} onChange={(e) => setDemo(e.target.checked)} />
      <span>
        <strong>{t('session.setup.demo')}</strong>
        <small>{t('session.setup.demo_hint')}</small>
      </span>
    </label>,
  ]
  const last = step === steps.length - 1
  const problem = step === 2 && draft.again !== '' && draft.password !== draft.again ? t('session.setup.password_differs') : step === 2 && draft.password !== '' && draft.password.length < MIN_PASSWORD ? t('session.setup.password_hint', { min: MIN_PASSWORD }) : null
  const next = () => {
    if (!last) return setStep(step + 1)
    const { again: _, ...body } = draft
    setup.mutate({ ...trimmed(body), lang: currentLanguage(), demo_data: demo })
  }
  return (
    <form
      className={css.form}
      onSubmit={(e) => {
        e.preventDefault()
        if (!problem) next()
      }}
    >
      <p className={css.step}>{t('session.setup.step', { step: step + 1, of: steps.length })}</p>
      <h1>{t(`session.setup.title_${step}`)}</h1>
      {steps[step]}
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
      {setup.error ? <ErrorBox error={setup.error} /> : null}
      <div className={css.buttons}>
        {step > 0 ? (
          <Button size="large" onClick={() => setStep(step - 1)}>
            {t('common.back')}
          </Button>
        ) : null}
        <Button type="primary" size="large" htmlType="submit" loading={setup.isPending} disabled={problem !== null}>
          {last ? t('session.setup.finish') : t('common.next')}
        </Button>
      </div>
    </form>
  )
}

/** A password keeps its blanks, everything else loses those that slipped in by pasting. */
function trimmed(body: Omit<Draft, 'again'>): Omit<Draft, 'again'> {
  return { ...body, token: body.token.trim(), merchant_name: body.merchant_name.trim(), merchant_code: body.merchant_code.trim(), display_name: body.display_name.trim(), user_name: body.user_name.trim() }
}
