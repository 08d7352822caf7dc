import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { CreatedUser, User } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { currentLanguage } from '@/lib/i18n'
import { useShops, useWarehouses } from '@/lib/lookups'
import { useCan, useMe } from '@/lib/session'
import { CopyButton } from '@/ui/Copyable'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { rolesQuery, usersQuery } from './queries'
import { roleName } from './roleName'
import css from './settings.module.css'

/** The staff: who may sign in, as what, for which shops and warehouses. */
export function Users() {
  const { t } = useTranslation()
  const toast = useToast()
  const me = useMe()
  const mayEdit = useCan()('iam.edit_user')
  const [editing, setEditing] = useState<User | 'new' | null>(null)
  const [password, setPassword] = useState<string | null>(null)
  const query = useQuery(usersQuery)
  const reset = useAction({
    run: (id: string, key) => api.post('/users/{id}/reset-password', {}, { path: { id }, key }),
    invalidates: [['users']],
    onSuccess: (out) => setPassword(out.password ?? null),
    onError: toast.bad,
  })
  const act = useAction({
    run: ({ id, what }: { id: string; what: 'totp' | 'sessions' }, key) => (what === 'totp' ? api.post('/users/{id}/reset-totp', undefined, { path: { id }, key }) : api.delete('/users/{id}/sessions', { path: { id }, key })),
    invalidates: [['users']],
    onSuccess: (_, { what }) => toast.ok(what === 'totp' ? t('settings.totp_was_reset') : t('settings.sessions_ended')),
    onError: toast.bad,
  })
  return (
    <Page
      title={t('shell.settings.users')}
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('settings.new_user')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <QueryState query={query}>
          {(users) => (
            <DataTable
              label={t('shell.settings.users')}
              rows={users}
              rowKey={(u) => u.id}
              columns={[
                {
                  key: 'name',
                  title: t('settings.display_name'),
                  render: (u) => (
                    <>
                      <strong>{u.display_name}</strong> {u.active ? null : <Tag>{t('settings.inactive')}</Tag>} {u.totp_enabled ? <Tag tone="green">{t('settings.totp')}</Tag> : null} {u.must_change_password ? <Tag tone="amber">{t('settings.first_password_due')}</Tag> : null}
                    </>
                  ),
                },
                { key: 'user', title: t('session.user_name'), render: (u) => u.user_name },
                {
                  key: 'roles',
                  title: t('settings.roles'),
                  render: (u) => (
                    <span className={css.tags}>
                      {u.roles.map((r) => (
                        <Tag key={r.code} tone="blue">
                          {roleName(t, r)}
                        </Tag>
                      ))}
                    </span>
                  ),
                },
                { key: 'scope', title: t('settings.scope'), render: (u) => <Scope user={u} /> },
                { key: 'last', title: t('settings.last_login'), render: (u) => <Time at={u.last_login_at} /> },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (u) => !mayEdit ? null : (
                    <span className={css.acts}>
                      <Button onClick={() => setEditing(u)}>{t('common.edit')}</Button>
                      <Button loading={reset.isPending && reset.variables === u.id} onClick={() => reset.mutate(u.id)}>
                        {t('settings.reset_password')}
                      </Button>
                      {u.totp_enabled ? (
                        <Button danger loading={act.isPending && act.variables.id === u.id} onClick={() => act.mutate({ id: u.id, what: 'totp' })}>
                          {t('settings.reset_totp')}
                        </Button>
                      ) : null}
                      <Button loading={act.isPending && act.variables.id === u.id && act.variables.what === 'sessions'} disabled={!u.last_login_at || u.id === me.user_id} onClick={() => act.mutate({ id: u.id, what: 'sessions' })}>
                        {t('settings.end_sessions')}
                      </Button>
                    </span>
                  ),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {editing ? (
        <UserDialog
          user={editing === 'new' ? null : editing}
          onPassword={setPassword}
          onClose={() => setEditing(null)}
        />
      ) : null}
      {password ? (
        <Modal open title={t('settings.one_time_password')} onCancel={() => setPassword(null)} footer={<Button onClick={() => setPassword(null)}>{t('common.close')}</Button>}>
          <p>{t('settings.one_time_hint')}</p>
          <p className={css.secret}>
            <code>{password}</code> <CopyButton text={password} />
          </p>
        </Modal>
      ) : null}
    </Page>
  )
}

function Scope({ user }: { user: User }) {
  const { t } = useTranslation()
  const shops = user.shop_ids ? t('settings.n_shops', { count: user.shop_ids.length }) : t('settings.all_shops')
  const warehouses = user.warehouse_ids ? t('settings.n_warehouses', { count: user.warehouse_ids.length }) : t('settings.all_warehouses')
  return <span className={css.muted}>{`${shops} \u00b7 ${warehouses}`}</span>
}

function UserDialog({ user, onPassword, onClose }: { user: User | null; onPassword: (password: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const roles = useQuery(rolesQuery).data ?? []
  const shops = useShops()
  const warehouses = useWarehouses()
  const [draft, setDraft] = useState({
    user_name: user?.user_name ?? '',
    display_name: user?.display_name ?? '',
    password: '',
    roles: user?.roles.map((r) => r.id) ?? [],
    shop_ids: user?.shop_ids ?? [],
    warehouse_ids: user?.warehouse_ids ?? [],
    active: user?.active ?? true,
  })
  const set = (patch: Partial<typeof draft>) => setDraft((d) => ({ ...d, ...patch }))
  const save = useAction({
    run: (body: object, key) => (user ? api.patch('/users/{id}', body, { path: { id: user.id }, key }).then((changed): CreatedUser => ({ user: changed })) : api.post('/users', body, { key })),
    invalidates: [['users']],
    onSuccess: (out) => {
      if (out.password) onPassword(out.password)
      onClose()
    },
  })
  const body = defined({
    user_name: user ? undefined : draft.user_name.trim(),
    display_name: draft.display_name.trim(),
    // Left empty, the server makes one and shows it once.
    password: user ? undefined : draft.password || undefined,
    lang: user ? undefined : currentLanguage(),
    role_ids: draft.roles,
    // None chosen means all: a person without a single shop could do nothing.
    shop_ids: draft.shop_ids.length > 0 ? draft.shop_ids : null,
    warehouse_ids: draft.warehouse_ids.length > 0 ? draft.warehouse_ids : null,
    active: user ? draft.active : undefined,
    version: user?.version,
  })
  const valid = draft.display_name.trim() !== '' && draft.roles.length > 0 && (user !== null || (draft.user_name.trim() !== '' && (draft.password === '' || draft.password.length >= 10)))
  return (
    <FormDialog title={user ? t('settings.edit_user', { name: user.display_name }) : t('settings.new_user')} valid={valid} saving={save.isPending} error={save.error} onSave={() => save.mutate(body)} onClose={onClose}>
      <Field label={t('settings.display_name')}>
        <Input value={draft.display_name} aria-label={t('settings.display_name')} onChange={(e) => set({ display_name: e.target.value })} />
      </Field>
      {user ? null : (
        <>
          <Field label={t('session.user_name')}>
            <Input value={draft.user_name} autoComplete="off" aria-label={t('session.user_name')} onChange={(e) => set({ user_name: e.target.value })} />
          </Field>
          <Field label={t('settings.first_password')} hint={t('settings.first_password_hint')}>
            <Input.Password value={draft.password} autoComplete="new-password" aria-label={t('settings.first_password')} onChange={(e) => set({ password: e.target.value })} />
          </Field>
        </>
      )}
      <Field label={t('settings.roles')}>
        <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} aria-label={t('settings.roles')} value={draft.roles} options={roles.map((r) => ({ value: r.id, label: roleName(t, r) }))} onChange={(value: string[]) => set({ roles: value })} />
      </Field>
      <Field label={t('settings.shops')} hint={t('settings.empty_is_all')}>
        <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} aria-label={t('settings.shops')} value={draft.shop_ids} options={shops.map((s) => ({ value: s.id, label: s.name }))} onChange={(value: string[]) => set({ shop_ids: value })} />
      </Field>
      <Field label={t('settings.warehouses')} hint={t('settings.empty_is_all')}>
        <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} aria-label={t('settings.warehouses')} value={draft.warehouse_ids} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={(value: string[]) => set({ warehouse_ids: value })} />
      </Field>
      {user ? (
        <label className={css.check}>
          <input type="checkbox" checked={draft.active} onChange={(e) => set({ active: e.target.checked })} />
          {t('settings.user_active')}
        </label>
      ) : null}
    </FormDialog>
  )
}
