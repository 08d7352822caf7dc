import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { readPref, writePref } from '@/lib/prefs'
import { meQuery } from '@/lib/session'
import { ErrorBox } from '@/ui/States'
import css from './session.module.css'

/** Signs in by merchant code, user name and password; asks for the second factor when the server does. */
export function LoginForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [merchant, setMerchant] = useState(readPref('merchant') ?? '')
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [totp, setTotp] = useState('')
  const login = useAction({
    run: (body: object, key) => api.post('/sessions', body, { key }),
    onSuccess: ({ user }) => {
      writePref('merchant', merchant.trim())
      client.clear()
      client.setQueryData(meQuery.queryKey, user)
      onDone()
    },
  })
  const needsTotp = login.error?.code.includes('totp') ?? false
  return (
    <form
      className={css.form}
      onSubmit={(e) => {
        e.preventDefault()
        login.mutate({ merchant_code: merchant.trim(), user_name: user.trim(), password, ...(totp ? { totp: totp.trim() } : {}) })
      }}
    >
      <h1>{t('session.login_title')}</h1>
      <label className={css.field}>
        <span>{t('session.merchant_code')}</span>
        <Input size="large" required autoFocus={merchant === ''} value={merchant} autoComplete="organization" onChange={(e) => setMerchant(e.target.value)} />
      </label>
      <label className={css.field}>
        <span>{t('session.user_name')}</span>
        <Input size="large" required autoFocus={merchant !== ''} value={user} autoComplete="username" onChange={(e) => setUser(e.target.value)} />
      </label>
      <label className={css.field}>
        <span>{t('session.password')}</span>
        <Input.Password size="large" required value={password} autoComplete="current-password" onChange={(e) => setPassword(e.target.value)} />
      </label>
      {needsTotp || totp ? (
        <label className={css.field}>
          <span>{t('session.totp')}</span>
          <Input size="large" inputMode="numeric" autoFocus value={totp} autoComplete="one-time-code" onChange={(e) => setTotp(e.target.value)} />
        </label>
      ) : null}
      {login.error ? <ErrorBox error={login.error} /> : null}
      <Button type="primary" size="large" htmlType="submit" block loading={login.isPending}>
        {t('session.sign_in')}
      </Button>
    </form>
  )
}
