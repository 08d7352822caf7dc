import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Permission, Role } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { fenToInput, formatFen, parseYuan } from '@/lib/format'
import { nameOf } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { Page, Panel } from '@/ui/Page'
import { ScrollBox } from '@/ui/ScrollBox'
import { QueryState } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { permissionsQuery, rolesQuery } from './queries'
import { byArea, roleName } from './roleName'
import css from './settings.module.css'

/** Who may do what: the published matrix, and the merchant's own roles. */
export function Roles() {
  const { t } = useTranslation()
  const toast = useToast()
  const mayEdit = useCan()('iam.edit_role')
  const [editing, setEditing] = useState<Role | 'new' | null>(null)
  const [deleting, setDeleting] = useState<Role | null>(null)
  const roles = useQuery(rolesQuery)
  const permissions = useQuery(permissionsQuery)
  const remove = useAction({
    run: (id: string, key) => api.delete('/roles/{id}', { path: { id }, key }),
    invalidates: [['roles'], ['permissions']],
    onSuccess: () => setDeleting(null),
    onError: toast.bad,
  })
  return (
    <Page
      title={t('shell.settings.roles')}
      hint={t('settings.roles_hint')}
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('settings.new_role')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <QueryState query={roles}>
          {(list) => (
            <QueryState query={permissions}>
              {(rows) => (
                <Matrix roles={list} permissions={rows} mayEdit={mayEdit} deleting={remove.isPending ? remove.variables : undefined} onEdit={setEditing} onDelete={setDeleting} />
              )}
            </QueryState>
          )}
        </QueryState>
      </Panel>
      {editing ? <RoleDialog role={editing === 'new' ? null : editing} permissions={permissions.data ?? []} onClose={() => setEditing(null)} /> : null}
      {deleting ? (
        <Modal
          open
          title={t('settings.delete_role', { name: deleting.name })}
          onCancel={() => setDeleting(null)}
          footer={
            <>
              <Button onClick={() => setDeleting(null)}>{t('common.cancel')}</Button>
              <Button type="primary" danger loading={remove.isPending} onClick={() => remove.mutate(deleting.id)}>
                {t('settings.delete_role', { name: deleting.name })}
              </Button>
            </>
          }
        >
          <p>{t('settings.delete_role_hint')}</p>
        </Modal>
      ) : null}
    </Page>
  )
}

interface MatrixProps {
  roles: Role[]
  permissions: Permission[]
  mayEdit: boolean
  /** The role that is being deleted. */
  deleting?: string
  onEdit: (role: Role) => void
  onDelete: (role: Role) => void
}

/** Every permission against every role, by capability; the heads stay in view. */
function Matrix({ roles, permissions, mayEdit, deleting, onEdit, onDelete }: MatrixProps) {
  const { t } = useTranslation()
  return (
    <ScrollBox label={t('shell.settings.roles')} className={css.wide}>
      <table className={css.matrix}>
        <thead>
          <tr>
            <th scope="col">{t('settings.permission')}</th>
            {roles.map((r) => (
              <th key={r.id} scope="col">
                {roleName(t, r)}
                <small>{t('settings.n_permissions', { count: r.permissions.length })}</small>
                {r.refund_limit_fen == null ? null : <small>{t('settings.refunds_up_to', { amount: formatFen(r.refund_limit_fen) })}</small>}
                {r.built_in || !mayEdit ? null : (
                  <div className={css.stack}>
                    <Button onClick={() => onEdit(r)}>{t('common.edit')}</Button>
                    <Button danger aria-label={t('settings.delete_role', { name: r.name })} loading={deleting === r.id} onClick={() => onDelete(r)}>
                      {t('common.delete')}
                    </Button>
                  </div>
                )}
              </th>
            ))}
          </tr>
        </thead>
        {byArea(permissions).map(([area, list]) => (
          <tbody key={area}>
            <tr className={css.area}>
              <th scope="rowgroup" colSpan={roles.length + 1}>
                {t(`settings.area.${area}`, { defaultValue: area })}
              </th>
            </tr>
            {list.map((p) => (
              <tr key={p.permission}>
                <th scope="row">
                  {nameOf(p)} <code>{p.permission}</code>
                </th>
                {roles.map((r) => (
                  <td key={r.id}>
                    {r.permissions.includes(p.permission) ? <span aria-hidden>{'\u2713'}</span> : null}
                    <i className="visually-hidden">{r.permissions.includes(p.permission) ? t('common.yes') : t('common.no')}</i>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </ScrollBox>
  )
}

function RoleDialog({ role, permissions, onClose }: { role: Role | null; permissions: Permission[]; onClose: () => void }) {
  const { t } = useTranslation()
  const roles = useQuery(rolesQuery).data ?? []
  const [code, setCode] = useState(role?.code ?? '')
  const [name, setName] = useState(role?.name ?? '')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role?.permissions))
  const [limit, setLimit] = useState(fenToInput(role?.refund_limit_fen))
  const save = useAction({
    run: (body: object, key) => (role ? api.patch('/roles/{id}', body, { path: { id: role.id }, key }) : api.post('/roles', body, { key })),
    invalidates: [['roles'], ['permissions']],
    onSuccess: onClose,
  })
  const fen = limit.trim() === '' ? null : parseYuan(limit)
  const valid = name.trim() !== '' && (role !== null || /^[a-z][a-z0-9_]*$/.test(code)) && chosen.size > 0 && (limit.trim() === '' || fen !== null)
  const body = defined({ code: role ? undefined : code, name: name.trim(), permissions: [...chosen], version: role?.version, refund_limit_fen: fen ?? undefined })
  return (
    <FormDialog width={680} title={role ? t('settings.edit_role', { name: role.name }) : t('settings.new_role')} valid={valid} saving={save.isPending} error={save.error} onSave={() => save.mutate(body)} onClose={onClose}>
      <Field label={t('settings.role_name')}>
        <Input value={name} aria-label={t('settings.role_name')} onChange={(e) => setName(e.target.value)} />
      </Field>
      {role ? null : (
        <Field label={t('settings.role_from')}>
          <Select allowClear aria-label={t('settings.role_from')} options={roles.map((r) => ({ value: r.id, label: roleName(t, r) }))} onChange={(id?: string) => setChosen(new Set(roles.find((r) => r.id === id)?.permissions))} />
        </Field>
      )}
      {role ? null : (
        <Field label={t('settings.code')} hint={t('settings.role_code_hint')}>
          <Input value={code} aria-label={t('settings.code')} onChange={(e) => setCode(e.target.value)} />
        </Field>
      )}
      <Field label={t('settings.refund_limit')} hint={t('settings.refund_limit_hint')}>
        <Input prefix={'\u00a5'} inputMode="decimal" value={limit} aria-label={t('settings.refund_limit')} onChange={(e) => setLimit(e.target.value)} />
      </Field>
      <div className={css.permissions}>
        {byArea(permissions).map(([area, list]) => (
          <fieldset key={area}>
            <legend>{t(`settings.area.${area}`, { defaultValue: area })}</legend>
            {list.map((p) => (
              <label key={p.permission} className={css.check}>
                <input
                  type="checkbox"
                  checked={chosen.has(p.permission)}
                  onChange={(e) => {
                    const next = new Set(chosen)
                    if (e.target.checked) next.add(p.permission)
                    else next.delete(p.permission)
                    setChosen(next)
                  }}
                />
                {nameOf(p)}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </FormDialog>
  )
}
