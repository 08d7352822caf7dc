import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Warehouse } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { warehousesQuery } from '@/lib/lookups'
import { DataTable } from '@/ui/DataTable'
import { useCan } from '@/lib/session'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import css from './settings.module.css'

/** The places stock lies in. */
export function Warehouses() {
  const { t } = useTranslation()
  const [editing, setEditing] = useState<Warehouse | 'new' | null>(null)
  const mayEdit = useCan()('inventory.edit_warehouse')
  const query = useQuery(warehousesQuery)
  return (
    <Page
      title={t('shell.settings.warehouses')}
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('settings.new_warehouse')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <QueryState query={query}>
          {(list) => (
            <DataTable
              label={t('shell.settings.warehouses')}
              rows={list}
              rowKey={(w) => w.id}
              empty={<Empty title={t('settings.no_warehouses')} />}
              columns={[
                {
                  key: 'name',
                  title: t('settings.warehouse_name'),
                  render: (w) => (
                    <>
                      <strong>{w.name}</strong> {w.is_default ? <Tag tone="blue">{t('settings.default')}</Tag> : null} {w.active ? null : <Tag>{t('settings.inactive')}</Tag>}
                    </>
                  ),
                },
                { key: 'code', title: t('settings.code'), render: (w) => w.code },
                { key: 'where', title: t('settings.place'), render: (w) => [w.province, w.city].filter(Boolean).join(' ') || '\u2013' },
                { key: 'act', title: '', align: 'right', render: (w) => (mayEdit ? <Button onClick={() => setEditing(w)}>{t('common.edit')}</Button> : null) },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {editing ? <WarehouseDialog warehouse={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}

const TEXTS = ['code', 'name', 'province', 'city'] as const

function WarehouseDialog({ warehouse, onClose }: { warehouse: Warehouse | null; onClose: () => void }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState({
    code: warehouse?.code ?? '',
    name: warehouse?.name ?? '',
    province: warehouse?.province ?? '',
    city: warehouse?.city ?? '',
    is_default: warehouse?.is_default ?? false,
    active: warehouse?.active ?? true,
  })
  const save = useAction({
    run: (body: object, key) => (warehouse ? api.patch('/warehouses/{id}', body, { path: { id: warehouse.id }, key }) : api.post('/warehouses', body, { key })),
    invalidates: [['warehouses'], ['stock']],
    onSuccess: onClose,
  })
  const body = defined({ ...draft, active: warehouse ? draft.active : undefined, version: warehouse?.version })
  return (
    <FormDialog title={warehouse ? t('settings.edit_warehouse') : t('settings.new_warehouse')} valid={draft.code.trim() !== '' && draft.name.trim() !== ''} saving={save.isPending} error={save.error} onSave={() => save.mutate(body)} onClose={onClose}>
      {TEXTS.map((key) => (
        <Field key={key} label={t(`settings.warehouse_field.${key}`)}>
          <Input value={draft[key]} aria-label={t(`settings.warehouse_field.${key}`)} onChange={(e) => setDraft({ ...draft, [key]: e.target.value })} />
        </Field>
      ))}
      <label className={css.check}>
        <input type="checkbox" checked={draft.is_default} onChange={(e) => setDraft({ ...draft, is_default: e.target.checked })} />
        {t('settings.make_default')}
      </label>
      {warehouse ? (
        <label className={css.check}>
          <input type="checkbox" checked={draft.active} onChange={(e) => setDraft({ ...draft, active: e.target.checked })} />
          {t('settings.active')}
        </label>
      ) : null}
    </FormDialog>
  )
}
