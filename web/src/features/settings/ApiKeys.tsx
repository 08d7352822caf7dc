import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { formatDay, nextDay, startOfDay } from '@/lib/format'
import { nameOf } from '@/lib/lookups'
import { CopyButton } from '@/ui/Copyable'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { permissionsQuery } from './queries'
import css from './settings.module.css'

/** Keys for programs: ERP, own mall, scripts. */
export function ApiKeys() {
  const { t } = useTranslation()
  const toast = useToast()
  const [creating, setCreating] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const query = useQuery({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) => api.get('/api-keys', { signal }),
  })
  const revoke = useAction({
    run: (id: string, key) => api.delete('/api-keys/{id}', { path: { id }, key }),
    invalidates: [['api-keys']],
    onError: toast.bad,
  })
  return (
    <Page
      title={t('shell.settings.api-keys')}
      hint={t('settings.keys_hint')}
      actions={
        <Button type="primary" onClick={() => setCreating(true)}>
          {t('settings.new_key')}
        </Button>
      }
    >
      <Panel flush>
        <QueryState query={query}>
          {(list) => (
            <DataTable
              label={t('shell.settings.api-keys')}
              rows={list.items}
              rowKey={(k) => k.id}
              empty={<Empty title={t('settings.no_keys')} />}
              columns={[
                {
                  key: 'name',
                  title: t('settings.key_name'),
                  render: (k) => <strong>{k.name}</strong>,
                },
                { key: 'hint', title: t('settings.key_tail'), render: (k) => <code>{`\u2026${k.hint}`}</code> },
                { key: 'scopes', title: t('settings.permissions'), align: 'right', render: (k) => k.permissions.length },
                { key: 'used', title: t('settings.last_used'), render: (k) => <Time at={k.last_used_at} /> },
                { key: 'expires', title: t('settings.expires'), render: (k) => <Time at={k.expires_at} /> },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (k) => (
                    <Button danger loading={revoke.isPending && revoke.variables === k.id} onClick={() => revoke.mutate(k.id)}>
                      {t('settings.revoke', { name: k.name })}
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {creating ? (
        <KeyDialog
          onClose={() => setCreating(false)}
          onSecret={(text) => {
            setCreating(false)
            setSecret(text)
          }}
        />
      ) : null}
      {secret ? (
        <Modal open title={t('settings.key_created')} onCancel={() => setSecret(null)} footer={<Button onClick={() => setSecret(null)}>{t('common.close')}</Button>}>
          <p>{t('settings.key_once')}</p>
          <p className={css.secret}>
            <code>{secret}</code> <CopyButton text={secret} />
          </p>
        </Modal>
      ) : null}
    </Page>
  )
}

function KeyDialog({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: string) => void }) {
  const { t } = useTranslation()
  const permissions = useQuery(permissionsQuery).data ?? []
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string[]>([])
  const [until, setUntil] = useState(() => nextDay(formatDay(Date.now()), 365))
  const save = useAction({
    run: (body: object, key) => api.post('/api-keys', body, { key }),
    invalidates: [['api-keys']],
    onSuccess: (out) => onSecret(out.secret),
  })
  return (
    <FormDialog title={t('settings.new_key')} valid={name.trim() !== '' && chosen.length > 0 && until !== ''} saving={save.isPending} error={save.error} onSave={() => save.mutate({ name: name.trim(), permissions: chosen, expires_at: startOfDay(until) })} onClose={onClose}>
      <Field label={t('settings.key_name')}>
        <Input value={name} aria-label={t('settings.key_name')} onChange={(e) => setName(e.target.value)} />
      </Field>
      <Field label={t('settings.permissions')}>
        <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} aria-label={t('settings.permissions')} value={chosen} options={permissions.map((p) => ({ value: p.permission, label: nameOf(p) }))} onChange={setChosen} />
      </Field>
      <Field label={t('settings.expires')}>
        <Input type="date" value={until} aria-label={t('settings.expires')} onChange={(e) => setUntil(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
