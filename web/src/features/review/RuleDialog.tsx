import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { ReviewField, ReviewRule } from '@/lib/api/contract'
import { nameOf } from '@/lib/lookups'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { ErrorBox } from '@/ui/States'
import { readCondition, takesMany, takesNone, wholeCondition, writeCondition, type Comparison, type Simple } from './condition'
import css from './review.module.css'

interface RuleDialogProps {
  /** null for a new one. */
  rule: ReviewRule | null
  onSave: (rule: ReviewRule) => void
  onClose: () => void
}

const ACTIONS = ['approve', 'hold', 'finance'] as const

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** A rule's name, action and condition, with a try on the orders of the last days. */
export function RuleDialog({ rule, onSave, onClose }: RuleDialogProps) {
  const { t } = useTranslation()
  const fields = useQuery({ queryKey: ['review', 'fields'], queryFn: ({ signal }) => api.get('/review/fields', { signal }).then((l) => l.items), staleTime: Infinity })
  const [name, setName] = useState(rule?.name ?? '')
  const [action, setAction] = useState(rule?.action ?? 'hold')
  const [simple, setSimple] = useState<Simple | null>(() => readCondition(rule?.condition))
  const [raw, setRaw] = useState(() => JSON.stringify(rule?.condition ?? {}, null, 1))
  const attempt = useAction({ run: (condition: object, key) => api.post('/review/try', { condition }, { key }) })
  const known = fields.data ?? []
  const condition = simple ? (wholeCondition(simple, known) ? writeCondition(simple, known) : null) : parsed(raw)
  const valid = name.trim() !== '' && condition !== null && fields.data !== undefined
  return (
    <FormDialog
      width={760}
      title={rule ? t('review.edit_rule') : t('review.add_rule')}
      valid={valid}
      saving={false}
      error={fields.error}
      onSave={() => condition && onSave({ name: name.trim(), action, enabled: rule?.enabled ?? true, condition })}
      onClose={onClose}
    >
      <Field label={t('review.name')}>
        <Input aria-label={t('review.name')} maxLength={60} value={name} onChange={(e) => setName(e.target.value)} />
      </Field>
      <Field label={t('review.action')}>
        <Select aria-label={t('review.action')} value={action} options={ACTIONS.map((a) => ({ value: a, label: t(`review.act.${a}`) }))} onChange={setAction} />
      </Field>
      {simple ? (
        <Conditions simple={simple} fields={known} onChange={setSimple} />
      ) : (
        <Field label={t('review.advanced')} hint={condition === null ? t('review.advanced_bad') : undefined}>
          <Input.TextArea aria-label={t('review.conditions')} rows={8} value={raw} onChange={(e) => setRaw(e.target.value)} />
        </Field>
      )}
      <div className={css.acts}>
        <Button disabled={condition === null} loading={attempt.isPending} onClick={() => condition && attempt.mutate(condition)}>
          {t('review.try')}
        </Button>
        {attempt.data ? (
          <span role="status">
            {t('review.tried', { hits: attempt.data.hits, looked: attempt.data.looked })}
            {attempt.data.capped ? ` (${t('review.tried_capped', { looked: attempt.data.looked })})` : ''}
            {attempt.data.sample.length > 0 ? ` ${t('review.sample')} ${attempt.data.sample.slice(0, 3).join(', ')}` : ''}
          </span>
        ) : null}
      </div>
      {attempt.error ? <ErrorBox error={attempt.error} /> : null}
    </FormDialog>
  )
}

function Conditions({ simple, fields, onChange }: { simple: Simple; fields: readonly ReviewField[]; onChange: (simple: Simple) => void }) {
  const { t } = useTranslation()
  const put = (at: number, c: Comparison) => onChange({ ...simple, list: simple.list.map((x, i) => (i === at ? c : x)) })
  const add = () => {
    const first = fields[0]
    if (first) onChange({ ...simple, list: [...simple.list, { field: first.name, op: first.operators[0] ?? '', value: '' }] })
  }
  return (
    <Field label={t('review.conditions')}>
      {simple.list.length === 0 ? <span>{t('review.any_order')}</span> : null}
      {simple.list.length > 1 ? (
        <Select aria-label={t('review.conditions')} value={simple.every} options={[true, false].map((every) => ({ value: every, label: every ? t('review.every') : t('review.some') }))} onChange={(every) => onChange({ ...simple, every })} />
      ) : null}
      <ul className={css.rows}>
        {simple.list.map((c, at) => (
          <ComparisonRow key={at} value={c} fields={fields} onChange={(next) => put(at, next)} onRemove={() => onChange({ ...simple, list: simple.list.filter((_, i) => i !== at) })} />
        ))}
      </ul>
      <div>
        <Button disabled={fields.length === 0} onClick={add}>
          {t('review.add_condition')}
        </Button>
      </div>
    </Field>
  )
}

function ComparisonRow({ value: c, fields, onChange, onRemove }: { value: Comparison; fields: readonly ReviewField[]; onChange: (c: Comparison) => void; onRemove: () => void }) {
  const { t } = useTranslation()
  const field = fields.find((f) => f.name === c.field)
  return (
    <li>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        style={{ width: 220 }}
        aria-label={t('review.field')}
        value={c.field}
        options={fields.map((f) => ({ value: f.name, label: nameOf(f) }))}
        onChange={(name: string) => onChange({ field: name, op: fields.find((f) => f.name === name)?.operators[0] ?? '', value: '' })}
      />
      <Select style={{ width: 150 }} aria-label={t('review.op_label')} value={c.op} options={(field?.operators ?? []).map((op) => ({ value: op, label: t(`review.op.${op}`) }))} onChange={(op: string) => onChange({ ...c, op })} />
      {takesNone(c.op) ? null : field?.kind === 'bool' ? (
        <Select style={{ width: 90 }} aria-label={t('review.value')} value={c.value === 'false' ? 'false' : 'true'} options={['true', 'false'].map((v) => ({ value: v, label: v === 'true' ? t('review.yes') : t('review.no') }))} onChange={(value: string) => onChange({ ...c, value })} />
      ) : (
        <Input style={{ width: 200 }} aria-label={t('review.value')} placeholder={takesMany(c.op) ? t('review.values_hint') : undefined} value={c.value} onChange={(e) => onChange({ ...c, value: e.target.value })} />
      )}
      <Button onClick={onRemove}>{t('review.remove')}</Button>
    </li>
  )
}
