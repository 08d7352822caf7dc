import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useMe } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { ErrorBox, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { Field } from '@/ui/Field'
import { SecondFactor } from './SecondFactor'
import css from './settings.module.css'

/** The server's lowest bound; a merchant may ask for more, and the refusal says so. */
const MIN_PASSWORD = 8

/** The own account: name, password, where one is signed in. */
export function Account() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <Page title={t('shell.account')}>
      <NamePanel name={me.display_name} />
      <PasswordPanel />
      <SecondFactor on={me.totp_enabled} />
      <Sessions />
    </Page>
  )
}

function NamePanel({ name: current }: { name: string }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [name, setName] = useState(current)
  const save = useAction({
    run: (body: object, key) => api.patch('/me', body, { key }),
    invalidates: [['me']],
    onSuccess: () => toast.ok(t('settings.saved')),
    onError: toast.bad,
  })
  return (
    <Panel>
      <div className={css.narrow}>
        <Field label={t('settings.display_name')}>
          <Input value={name} aria-label={t('settings.display_name')} onChange={(e) => setName(e.target.value)} />
        </Field>
        <Button disabled={!name.trim() || name.trim() === current} loading={save.isPending} onClick={() => save.mutate({ display_name: name.trim() })}>
          {t('common.save')}
        </Button>
      </div>
    </Panel>
  )
}

function PasswordPanel() {
  const { t } = useTranslation()
  const toast = useToast()
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const save = useAction({
    run: (body: object, key) => api.post('/me/password', body, { key }),
    invalidates: [['me'], ['sessions']],
    onSuccess: () => {
      setOld('')
      setNext('')
      toast.ok(t('settings.password_changed'))
    },
  })
  return (
    <Panel title={t('settings.change_password')}>
      <form
        className={css.narrow}
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate({ old_password: old, new_password: next })
        }}
      >
        <Field label={t('settings.old_password')}>
          <Input.Password value={old} autoComplete="current-password" aria-label={t('settings.old_password')} onChange={(e) => setOld(e.target.value)} />
        </Field>
        <Field label={t('settings.new_password')} hint={t('settings.password_hint', { min: MIN_PASSWORD })}>
          <Input.Password value={next} autoComplete="new-password" aria-label={t('settings.new_password')} onChange={(e) => setNext(e.target.value)} />
        </Field>
        {save.error ? <ErrorBox error={save.error} /> : null}
        <Button htmlType="submit" disabled={!old || next.length < MIN_PASSWORD} loading={save.isPending}>
          {t('settings.change_password')}
        </Button>
      </form>
    </Panel>
  )
}

function Sessions() {
  const { t } = useTranslation()
  const toast = useToast()
  const query = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => api.get('/sessions', { signal }),
  })
  const end = useAction({
    run: (id: string, key) => api.delete('/sessions/{id}', { path: { id }, key }),
    invalidates: [['sessions']],
    onError: toast.bad,
  })
  return (
    <Panel title={t('settings.sessions')} flush>
      <QueryState query={query}>
        {(list) => (
          <DataTable
            label={t('settings.sessions')}
            rows={list.items}
            rowKey={(s) => s.id}
            columns={[
              {
                key: 'where',
                title: t('settings.device'),
                render: (s) => (
                  <>
                    {s.user_agent} {s.current ? <Tag tone="green">{t('settings.this_device')}</Tag> : null}
                  </>
                ),
              },
              { key: 'ip', title: 'IP', render: (s) => s.ip },
              { key: 'seen', title: t('settings.seen'), render: (s) => <Time at={s.seen_at} /> },
              {
                key: 'act',
                title: '',
                align: 'right',
                render: (s) => (s.current ? null : <Button onClick={() => end.mutate(s.id)}>{t('settings.end_session')}</Button>),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  )
}
