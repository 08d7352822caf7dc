import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReviewField } from '@/lib/api/contract'
import { MANY_APART, readCondition, takesMany, takesNone, wholeCondition, writeCondition, type Comparison, type Simple } from '@/lib/condition'
import { nameOf } from '@/lib/lookups'
import css from './Conditions.module.css'
import { Field } from './Field'

interface Choice {
  value: string
  label: string
}

interface ConditionsProps {
  simple: Simple
  fields: readonly ReviewField[]
  choices?: Record<string, readonly Choice[]>
  onChange: (simple: Simple) => void
}

interface ConditionBoxProps {
  /** The condition as the server keeps it. */
  stored: unknown
  fields: readonly ReviewField[]
  /** What a field's values are called, for fields whose values people pick rather than type. */
  choices?: Record<string, readonly Choice[]>
  /** The condition as it stands now; null while something is missing in it. */
  onChange: (condition: object | null) => void
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** A rule's condition in a form, or as text where it is nested deeper than the form shows. */
export function ConditionBox({ stored, fields, choices, onChange }: ConditionBoxProps) {
  const { t } = useTranslation()
  const [simple, setSimple] = useState<Simple | null>(() => readCondition(stored))
  const [raw, setRaw] = useState(() => JSON.stringify(stored ?? {}, null, 1))
  if (simple) {
    return (
      <Conditions
        simple={simple}
        fields={fields}
        choices={choices}
        onChange={(next) => {
          setSimple(next)
          onChange(wholeCondition(next, fields) ? writeCondition(next, fields) : null)
        }}
      />
    )
  }
  return (
    <Field label={t('review.advanced')} hint={parsed(raw) === null ? t('review.advanced_bad') : undefined}>
      <Input.TextArea
        aria-label={t('review.conditions')}
        rows={8}
        value={raw}
        onChange={(e) => {
          setRaw(e.target.value)
          onChange(parsed(e.target.value))
        }}
      />
    </Field>
  )
}


/** The comparisons of a rule's condition, of which all or any must hold. */
function Conditions({ simple, fields, choices, onChange }: ConditionsProps) {
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
          <ComparisonRow key={at} value={c} fields={fields} choices={choices?.[c.field]} onChange={(next) => put(at, next)} onRemove={() => onChange({ ...simple, list: simple.list.filter((_, i) => i !== at) })} />
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

// Operators that compare with a whole value; a part of one is typed.
const PICKED = new Set(['eq', 'ne', 'has'])

function ComparisonRow({ value: c, fields, choices, onChange, onRemove }: { value: Comparison; fields: readonly ReviewField[]; choices?: readonly Choice[]; onChange: (c: Comparison) => void; onRemove: () => void }) {
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
      ) : choices && takesMany(c.op) ? (
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          style={{ minWidth: 200 }}
          aria-label={t('review.value')}
          value={c.value.split(MANY_APART).map((v) => v.trim()).filter(Boolean)}
          options={[...choices]}
          onChange={(values: string[]) => onChange({ ...c, value: values.join(', ') })}
        />
      ) : choices && PICKED.has(c.op) ? (
        <Select showSearch={{ optionFilterProp: 'label' }} style={{ width: 200 }} aria-label={t('review.value')} value={c.value || undefined} options={[...choices]} onChange={(value: string) => onChange({ ...c, value })} />
      ) : (
        <Input style={{ width: 200 }} aria-label={t('review.value')} placeholder={takesMany(c.op) ? t('review.values_hint') : undefined} value={c.value} onChange={(e) => onChange({ ...c, value: e.target.value })} />
      )}
      <Button onClick={onRemove}>{t('review.remove')}</Button>
    </li>
  )
}
