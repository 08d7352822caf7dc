import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { CarrierRule } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { useAccountName } from './queries'
import { RuleDialog } from './RuleDialog'
import { TryTable } from './TryTable'
import css from './carriers.module.css'

const TONE: Record<CarrierRule['effect'], Tone> = { prefer: 'green', require: 'blue', exclude: 'red' }

/** What the server keeps of a rule, as it is sent back. */
function bodyOf(r: CarrierRule) {
  return { version: r.version, position: r.position, name: r.name, condition: r.condition, effect: r.effect, account_ids: r.account_ids, product: r.product, enabled: r.enabled }
}

/** Which carrier a parcel takes, asked from the top, and a try on what is open now. */
export function Rules() {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('logistics.edit')
  const account = useAccountName()
  const query = useQuery({ queryKey: ['carrier-rules'], queryFn: ({ signal }) => api.get('/carrier-rules', { signal }).then((l) => l.items) })
  const [editing, setEditing] = useState<CarrierRule | 'new' | null>(null)
  const attempt = useAction({ run: (_: null, key) => api.post('/carrier-rules/try', {}, { key }).then((l) => l.items) })
  const put = useAction({
    run: async (changed: CarrierRule[], key) => {
      for (const [i, r] of changed.entries()) await api.put('/carrier-rules/{id}', bodyOf(r), { path: { id: r.id }, key: `${key}-${i}` })
    },
    invalidates: [['carrier-rules']],
    onError: toast.bad,
  })
  const remove = useAction({
    run: (r: CarrierRule, key) => api.delete('/carrier-rules/{id}', { path: { id: r.id }, key }),
    invalidates: [['carrier-rules']],
    onSuccess: (_, r) => toast.ok(t('carriers.rule_removed', { name: r.name })),
    onError: toast.bad,
  })
  /** The rules are numbered anew, for their numbers may be the same. */
  const move = (rules: CarrierRule[], at: number, to: number) => {
    const moved = rules.filter((_, i) => i !== at)
    moved.splice(to, 0, ...rules.slice(at, at + 1))
    put.mutate(moved.map((r, i) => ({ ...r, position: i + 1 })).filter((r) => rules.find((x) => x.id === r.id)?.position !== r.position))
  }
  return (
    <Page
      title={t('carriers.tab.rules')}
      hint={t('carriers.rules_hint')}
      actions={
        <>
          <Button loading={attempt.isPending} onClick={() => attempt.mutate(null)}>
            {t('carriers.try_all')}
          </Button>
          {may ? (
            <Button type="primary" onClick={() => setEditing('new')}>
              {t('carriers.new_rule')}
            </Button>
          ) : null}
        </>
      }
    >
      <Panel flush>
        <QueryState query={query}>
          {(rules) => (
            <DataTable
              label={t('carriers.tab.rules')}
              rows={rules.map((rule, at) => ({ rule, at }))}
              rowKey={(r) => r.rule.id}
              empty={
                <Empty title={t('carriers.no_rules')}>
                  <p>{t('carriers.no_rules_next')}</p>
                </Empty>
              }
              columns={[
                { key: 'at', title: '#', width: 40, render: (r) => r.at + 1 },
                { key: 'name', title: t('carriers.rule_name'), render: (r) => <strong>{r.rule.name}</strong> },
                { key: 'effect', title: t('carriers.effect_title'), render: (r) => <Tag tone={TONE[r.rule.effect]}>{t(`carriers.effect.${r.rule.effect}`)}</Tag> },
                { key: 'accounts', title: t('carriers.tab.accounts'), render: (r) => r.rule.account_ids.map(account).join(' → ') },
                {
                  key: 'enabled',
                  title: t('carriers.rule_on'),
                  render: (r) => (
                    <input type="checkbox" aria-label={`${r.rule.name} ${t('carriers.rule_on')}`} disabled={!may || put.isPending} checked={(put.isPending && put.variables.find((v) => v.id === r.rule.id) || r.rule).enabled} onChange={(e) => put.mutate([{ ...r.rule, enabled: e.target.checked }])} />
                  ),
                },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (r) =>
                    may ? (
                      <span className={css.acts}>
                        <Button aria-label={t('carriers.up', { name: r.rule.name })} disabled={r.at === 0 || put.isPending} onClick={() => move(rules, r.at, r.at - 1)}>
                          ↑
                        </Button>
                        <Button aria-label={t('carriers.down', { name: r.rule.name })} disabled={r.at === rules.length - 1 || put.isPending} onClick={() => move(rules, r.at, r.at + 1)}>
                          ↓
                        </Button>
                        <Button aria-label={t('carriers.edit_named', { name: r.rule.name })} onClick={() => setEditing(r.rule)}>
                          {t('common.edit')}
                        </Button>
                        <Button danger loading={remove.isPending && remove.variables?.id === r.rule.id} onClick={() => remove.mutate(r.rule)}>
                          {t('carriers.remove_named', { name: r.rule.name })}
                        </Button>
                      </span>
                    ) : null,
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {attempt.error ? <ErrorBox error={attempt.error} onRetry={() => attempt.mutate(null)} /> : null}
      {attempt.data ? (
        <Panel flush title={t('carriers.try_title')} note={t('carriers.try_note')}>
          <TryTable rows={attempt.data} />
        </Panel>
      ) : null}
      {editing ? <RuleDialog rule={editing === 'new' ? null : editing} last={query.data?.at(-1)?.position ?? 0} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}
