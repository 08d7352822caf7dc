import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { meQuery } from '@/lib/session'
import { ErrorBox } from '@/ui/States'
import css from './session.module.css'

/** Someone else knows the first password: before anything else it gets replaced. */
export function NewPassword({ onDone, onSignedOut }: { onDone: () => void; onSignedOut: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const save = useAction({
    run: (body: { old_password: string; new_password: string }, key) => api.post('/me/password', body, { key }),
    onSuccess: async () => {
      await client.fetchQuery({ ...meQuery, staleTime: 0 })
      onDone()
    },
  })
  const signOut = useAction({
    run: (_: null, key) => api.delete('/sessions/current', { key }),
    onSuccess: () => {
      client.clear()
      onSignedOut()
    },
  })
  const differs = again !== '' && next !== again
  const fields = [
    { key: 'old', label: t('session.first_password'), value: old, set: setOld, complete: 'current-password' },
    { key: 'next', label: t('session.new_password'), value: next, set: setNext, complete: 'new-password' },
    { key: 'again', label: t('session.setup.again'), value: again, set: setAgain, complete: 'new-password' },
  ]
  return (
    <form
      className={css.form}
      onSubmit={(e) => {
        e.preventDefault()
        if (next === again) save.mutate({ old_password: old, new_password: next })
      }}
    >
      <h1>{t('session.new_password_title')}</h1>
      <p className={css.step}>{t('session.new_password_hint')}</p>
      {fields.map((f, i) => (
        <label key={f.key} className={css.field}>
          <span>{f.label}</span>
          <Input.Password size="large" required autoFocus={i === 0} value={f.value} autoComplete={f.complete} onChange={(e) => f.set(e.target.value)} />
        </label>
      ))}
      {differs ? (
        <p className={css.problem} role="alert">
          {t('session.setup.password_differs')}
        </p>
      ) : null}
      {save.error ? <ErrorBox error={save.error} /> : null}
      <div className={css.buttons}>
        <Button size="large" loading={signOut.isPending} onClick={() => signOut.mutate(null)}>
          {t('session.sign_out')}
        </Button>
        <Button type="primary" size="large" htmlType="submit" loading={save.isPending} disabled={!old || !next || next !== again}>
          {t('session.set_password')}
        </Button>
      </div>
    </form>
  )
}
