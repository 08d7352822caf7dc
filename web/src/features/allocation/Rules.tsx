import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { AllocationRule } from '@/lib/api/contract'
import { settingsQuery, useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import css from './allocation.module.css'
import { rulesQuery } from './queries'
import { RuleDialog } from './RuleDialog'

const AFTER_APPROVAL = 'fulfillment.allocate_after_approval'

/** The allocation rules in the order in which they are asked; the first that fits an order decides. */
export function Rules({ onTry }: { onTry: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('fulfillment.allocate')
  const warehouses = useWarehouses()
  const query = useQuery(rulesQuery)
  const [editing, setEditing] = useState<AllocationRule | 'new' | null>(null)
  const [removing, setRemoving] = useState<AllocationRule | null>(null)
  const again = [['allocation']]
  const order = useAction({ run: (ids: string[], key) => api.put('/allocation-rules/order', { ids }, { key }), invalidates: again, onError: toast.bad })
  const turn = useAction({ run: (r: AllocationRule, key) => api.post('/allocation-rules', r, { key }), invalidates: again, onError: toast.bad })
  const remove = useAction({
    run: (r: AllocationRule, key) => api.delete('/allocation-rules/{id}', { path: { id: r.id ?? '' }, key }),
    invalidates: again,
    onSuccess: (_, r) => {
      toast.ok(t('allocation.removed', { name: r.name }))
      setRemoving(null)
    },
  })
  const move = (rules: AllocationRule[], at: number, to: number) => {
    const ids = rules.map((r) => r.id ?? '')
    ids.splice(to, 0, ...ids.splice(at, 1))
    order.mutate(ids)
  }
  const names = (ids: string[] | null | undefined) => (ids?.length ? ids.map((id) => warehouses.find((w) => w.id === id)?.name ?? id).join(' → ') : t('allocation.every_warehouse'))
  const busy = order.isPending || turn.isPending
  return (
    <Page
      title={t('allocation.title')}
      hint={t('allocation.hint')}
      actions={
        may ? (
          <>
            <Button onClick={onTry}>{t('allocation.try_saved')}</Button>
            <Button type="primary" onClick={() => setEditing('new')}>
              {t('allocation.new_rule')}
            </Button>
          </>
        ) : null
      }
    >
      <AfterApproval />
      <Panel flush title={t('allocation.tab.rules')} note={t('allocation.rules_note')}>
        <QueryState query={query}>
          {(rules) => (
            <DataTable
              label={t('allocation.tab.rules')}
              rows={rules.map((rule, at) => ({ rule, at }))}
              rowKey={(r) => r.rule.id ?? r.at}
              empty={
                <Empty title={t('allocation.no_rules')}>
                  <p>{t('allocation.no_rules_next')}</p>
                </Empty>
              }
              columns={[
                { key: 'at', title: '#', width: 40, render: (r) => r.at + 1 },
                { key: 'name', title: t('allocation.name'), render: (r) => <strong>{r.rule.name}</strong> },
                { key: 'warehouses', title: t('allocation.warehouses'), render: (r) => names(r.rule.action.warehouse_ids) },
                { key: 'strategy', title: t('allocation.strategy_title'), render: (r) => <Tag tone="blue">{t(`allocation.strategy.${r.rule.action.strategy}`)}</Tag> },
                { key: 'shortage', title: t('allocation.shortage_title'), render: (r) => <Tag>{t(`allocation.shortage.${r.rule.action.shortage}`)}</Tag> },
                {
                  key: 'active',
                  title: t('allocation.active'),
                  render: (r) => (
                    <input type="checkbox" className={css.tick} aria-label={`${r.rule.name} ${t('allocation.active')}`} disabled={!may || busy} checked={turn.isPending && turn.variables.id === r.rule.id ? turn.variables.active : r.rule.active} onChange={(e) => turn.mutate({ ...r.rule, active: e.target.checked })} />
                  ),
                },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (r) =>
                    may ? (
                      <span className={css.acts}>
                        <Button aria-label={t('allocation.up', { name: r.rule.name })} disabled={r.at === 0 || busy} onClick={() => move(rules, r.at, r.at - 1)}>
                          ↑
                        </Button>
                        <Button aria-label={t('allocation.down', { name: r.rule.name })} disabled={r.at === rules.length - 1 || busy} onClick={() => move(rules, r.at, r.at + 1)}>
                          ↓
                        </Button>
                        <Button aria-label={t('allocation.edit_named', { name: r.rule.name })} onClick={() => setEditing(r.rule)}>
                          {t('common.edit')}
                        </Button>
                        <Button danger aria-label={t('allocation.remove_named', { name: r.rule.name })} onClick={() => setRemoving(r.rule)}>
                          {t('allocation.remove')}
                        </Button>
                      </span>
                    ) : null,
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {editing ? <RuleDialog rule={editing === 'new' ? null : editing} rules={query.data ?? []} onClose={() => setEditing(null)} /> : null}
      {removing ? (
        <FormDialog
          title={t('allocation.remove_title', { name: removing.name })}
          action={t('allocation.remove_named', { name: removing.name })}
          danger
          valid
          saving={remove.isPending}
          error={remove.error}
          onSave={() => remove.mutate(removing)}
          onClose={() => setRemoving(null)}
        >
          <p>{t('allocation.remove_hint')}</p>
        </FormDialog>
      ) : null}
    </Page>
  )
}

/** Whether orders are allocated by themselves once they are approved. */
function AfterApproval() {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('setting.edit')
  const setting = useQuery(settingsQuery).data?.find((s) => s.name === AFTER_APPROVAL)
  const on = setting?.value === true
  const save = useAction({
    run: (next: boolean, key) => api.put('/settings/{name}', { value: next, version: setting?.version ?? 0 }, { path: { name: AFTER_APPROVAL }, key }),
    invalidates: [['settings']],
    onSuccess: (_, next) => toast.ok(next ? t('allocation.auto_on') : t('allocation.auto_off')),
    onError: toast.bad,
  })
  return (
    <Panel>
      <label className={css.switch}>
        <input type="checkbox" className={css.tick} disabled={!may || setting === undefined || save.isPending} checked={save.isPending ? save.variables : on} onChange={(e) => save.mutate(e.target.checked)} />
        <span>
          <strong>{t('allocation.auto')}</strong>
          <small>{t('allocation.auto_hint')}</small>
        </span>
      </label>
    </Panel>
  )
}
