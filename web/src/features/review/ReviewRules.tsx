import { useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { ReviewPolicy, ReviewRule } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { Blacklist } from './Blacklist'
import css from './review.module.css'
import { Rows } from './Rows'
import { RuleDialog } from './RuleDialog'

/** What orders are judged by before they are approved, as one document that is saved whole. */
export function ReviewRules() {
  const query = useQuery({ queryKey: ['review', 'policy'], queryFn: ({ signal }) => api.get('/review/policy', { signal }) })
  return <QueryState query={query}>{(policy) => <Editor key={policy.version} policy={policy} />}</QueryState>
}

const SWITCHES = ['check_address', 'seller_note', 'below_cost'] as const
const TONES = { approve: 'green', hold: 'red', finance: 'amber' } as const

function Editor({ policy }: { policy: ReviewPolicy }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('review.edit')
  const [draft, setDraft] = useState(policy)
  const [editing, setEditing] = useState<number | null>(null)
  const set = (change: Partial<ReviewPolicy>) => setDraft({ ...draft, ...change })
  const save = useAction({
    run: (body: ReviewPolicy, key) => api.put('/review/policy', body, { key }),
    invalidates: [['review'], ['orders']],
    onSuccess: () => toast.ok(t('review.saved')),
  })
  const changed = JSON.stringify(draft) !== JSON.stringify(policy)
  const rules = draft.rules.map((rule, at) => ({ rule, at }))
  const keep = (rule: ReviewRule) => {
    set({ rules: editing === draft.rules.length ? [...draft.rules, rule] : draft.rules.map((r, i) => (i === editing ? rule : r)) })
    setEditing(null)
  }
  return (
    <Page
      title={t('review.title')}
      hint={t('review.hint')}
      actions={
        may ? (
          <Button type="primary" disabled={!changed} loading={save.isPending} onClick={() => save.mutate(draft)}>
            {t('common.save')}
          </Button>
        ) : null
      }
    >
      {save.error ? <ErrorBox error={save.error} /> : null}
      <Panel title={t('review.options')}>
        <div className={css.options}>
          {(['wait_minutes', 'duplicate_hours'] as const).map((key) => (
            <label key={key}>
              <span>{t(`review.${key}`)}</span>
              <InputNumber aria-label={t(`review.${key}`)} disabled={!may} precision={0} min={0} max={key === 'wait_minutes' ? 10080 : 720} value={draft[key]} onChange={(value) => set({ [key]: value ?? 0 })} />
            </label>
          ))}
          <label>
            <span>{t('review.payment_methods')}</span>
            <Select mode="tags" aria-label={t('review.payment_methods')} disabled={!may} value={draft.payment_methods} onChange={(payment_methods: string[]) => set({ payment_methods })} />
          </label>
          {SWITCHES.map((key) => (
            <label key={key} className={css.check}>
              <input type="checkbox" disabled={!may} checked={draft[key]} onChange={(e) => set({ [key]: e.target.checked })} />
              {t(`review.${key}`)}
            </label>
          ))}
        </div>
      </Panel>
      <Panel flush title={t('review.rules')} note={t('review.rules_hint')} actions={may ? <Button onClick={() => setEditing(draft.rules.length)}>{t('review.add_rule')}</Button> : null}>
        <DataTable
          label={t('review.rules')}
          rows={rules}
          rowKey={(r) => r.at}
          empty={<Empty title={t('review.no_rules')} />}
          columns={[
            { key: 'name', title: t('review.name'), render: (r) => <strong>{r.rule.name}</strong> },
            { key: 'action', title: t('review.action'), render: (r) => <Tag tone={TONES[r.rule.action]}>{t(`review.act.${r.rule.action}`)}</Tag> },
            {
              key: 'enabled',
              title: t('review.enabled'),
              render: (r) => (
                <input
                  type="checkbox"
                  aria-label={`${r.rule.name} ${t('review.enabled')}`}
                  disabled={!may}
                  checked={r.rule.enabled}
                  onChange={(e) => set({ rules: draft.rules.map((x, i) => (i === r.at ? { ...x, enabled: e.target.checked } : x)) })}
                />
              ),
            },
            {
              key: 'act',
              title: '',
              align: 'right',
              render: (r) =>
                may ? (
                  <span className={css.acts}>
                    <Button onClick={() => setEditing(r.at)}>{t('common.edit')}</Button>
                    <Button onClick={() => set({ rules: draft.rules.filter((_, i) => i !== r.at) })}>{t('review.remove')}</Button>
                  </span>
                ) : null,
            },
          ]}
        />
      </Panel>
      <Rows title={t('review.limits')} hint={t('review.limits_hint')} may={may} rows={draft.limits} onChange={(limits) => set({ limits })} blank={{ sku_code: '', pieces: 1, window_days: 30 }} columns={[{ key: 'sku_code', kind: 'text' }, { key: 'pieces', kind: 'number' }, { key: 'window_days', kind: 'number' }]} />
      <Rows title={t('review.floors')} hint={t('review.floors_hint')} may={may} rows={draft.floors} onChange={(floors) => set({ floors })} blank={{ sku_code: '', floor_fen: 100 }} columns={[{ key: 'sku_code', kind: 'text' }, { key: 'floor_fen', kind: 'money', label: 'floor_yuan' }]} />
      <Rows title={t('review.areas')} hint={t('review.areas_hint')} may={may} rows={draft.areas} onChange={(areas) => set({ areas })} blank={{ province: '', city: '', district: '', verdict: 'undeliverable' as const, note: '' }} columns={[{ key: 'province', kind: 'text' }, { key: 'city', kind: 'text' }, { key: 'district', kind: 'text' }, { key: 'verdict', kind: 'choice', choices: ['undeliverable', 'remote'] }, { key: 'note', kind: 'text' }]} />
      <Blacklist may={may} />
      {editing === null ? null : <RuleDialog rule={draft.rules[editing] ?? null} onSave={keep} onClose={() => setEditing(null)} />}
    </Page>
  )
}
