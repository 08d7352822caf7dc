import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { ReviewRule } from '@/lib/api/contract'
import { channelsQuery, nameOf, useShops } from '@/lib/lookups'
import { ConditionBox } from '@/ui/Conditions'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { ErrorBox } from '@/ui/States'
import css from './review.module.css'

interface RuleDialogProps {
  /** null for a new one. */
  rule: ReviewRule | null
  onSave: (rule: ReviewRule) => void
  onClose: () => void
}

const ACTIONS = ['approve', 'hold', 'finance'] as const

/** A rule's name, action and condition, with a try on the orders of the last days. */
export function RuleDialog({ rule, onSave, onClose }: RuleDialogProps) {
  const { t } = useTranslation()
  const fields = useQuery({ queryKey: ['review', 'fields'], queryFn: ({ signal }) => api.get('/review/fields', { signal }).then((l) => l.items), staleTime: Infinity })
  const channels = useQuery(channelsQuery).data ?? []
  const provinces = useQuery({ queryKey: ['divisions', '', ''], queryFn: ({ signal }) => api.get('/divisions', { query: { province: '', city: '' }, signal }).then((l) => l.items), staleTime: Infinity }).data ?? []
  const shops = useShops()
  const choices = {
    shop_id: shops.map((s) => ({ value: s.id, label: s.name })),
    channel: channels.map((c) => ({ value: c.code, label: nameOf(c) })),
    province: provinces.map((p) => ({ value: p, label: p })),
  }
  const [name, setName] = useState(rule?.name ?? '')
  const [action, setAction] = useState(rule?.action ?? 'hold')
  const [condition, setCondition] = useState<object | null>(() => rule?.condition ?? {})
  const attempt = useAction({ run: (condition: object, key) => api.post('/review/try', { condition }, { key }) })
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
      <ConditionBox stored={rule?.condition} fields={fields.data ?? []} choices={choices} onChange={setCondition} />
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
