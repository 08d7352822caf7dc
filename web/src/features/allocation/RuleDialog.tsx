import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { AllocationRule } from '@/lib/api/contract'
import { carriersQuery, channelsQuery, nameOf, useShops, useWarehouses } from '@/lib/lookups'
import { ConditionBox } from '@/ui/Conditions'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { useToast } from '@/ui/Toast'
import css from './allocation.module.css'
import { PreviewResult } from './PreviewResult'
import { divisionsQuery } from './queries'
import type { Outcome } from './search'

interface RuleDialogProps {
  /** null for a new one. */
  rule: AllocationRule | null
  /** All rules as they are saved, for a try in their midst. */
  rules: AllocationRule[]
  onClose: () => void
}

const STRATEGIES = ['priority', 'region', 'stock', 'distance', 'cost', 'fewest_splits'] as const
const SHORTAGES = ['wait', 'partial', 'split', 'move', 'ask_buyer'] as const
const KINDS = ['express', 'same_city', 'self_pickup', 'virtual'] as const

/** A rule: for which orders, from which warehouses, by what it is decided, and what happens when goods are short. */
export function RuleDialog({ rule, rules, onClose }: RuleDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const fields = useQuery({ queryKey: ['allocation', 'fields'], queryFn: ({ signal }) => api.get('/allocation-rules/fields', { signal }), staleTime: Infinity })
  const channels = useQuery(channelsQuery).data ?? []
  const carriers = useQuery(carriersQuery).data ?? []
  const provinces = useQuery(divisionsQuery('')).data ?? []
  const shops = useShops()
  const warehouses = useWarehouses()
  const [draft, setDraft] = useState<AllocationRule>(() => rule ?? { name: '', active: true, action: { strategy: 'priority', shortage: 'wait' } })
  const [condition, setCondition] = useState<object | null>(() => (rule?.condition as object | undefined) ?? {})
  const [tried, setTried] = useState<AllocationRule[] | null>(null)
  const [show, setShow] = useState<Outcome | ''>('')
  const act = (change: Partial<AllocationRule['action']>) => setDraft({ ...draft, action: { ...draft.action, ...change } })
  const whole: AllocationRule = { ...draft, name: draft.name.trim(), condition: condition ?? {} }
  const valid = whole.name !== '' && condition !== null
  const save = useAction({
    run: (body: AllocationRule, key) => api.post('/allocation-rules', body, { key }),
    invalidates: [['allocation']],
    onSuccess: () => {
      toast.ok(t('allocation.saved', { name: whole.name }))
      onClose()
    },
  })
  const choices = {
    shop_id: shops.map((s) => ({ value: s.id, label: s.name })),
    channel: channels.map((c) => ({ value: c.code, label: nameOf(c) })),
    province: provinces.map((p) => ({ value: p, label: p })),
  }
  /** The rules as they would be: this one in its place, and active. */
  const asSaved = () => {
    const mine = { ...whole, active: true }
    setShow('')
    setTried(rule ? rules.map((r) => (r.id === rule.id ? mine : r)) : [...rules, mine])
  }
  return (
    <FormDialog width={920} title={rule ? t('allocation.edit_rule', { name: rule.name }) : t('allocation.new_rule')} valid={valid} saving={save.isPending} error={save.error ?? fields.error} onSave={() => save.mutate(whole)} onClose={onClose}>
      <div className={css.two}>
        <Field label={t('allocation.name')}>
          <Input maxLength={60} aria-label={t('allocation.name')} value={draft.name} onChange={(e) => setDraft({ ...draft, name: e.target.value })} />
        </Field>
        <Field label={t('allocation.warehouses')} hint={t('allocation.warehouses_hint')}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('allocation.warehouses')}
            placeholder={t('allocation.every_warehouse')}
            value={draft.action.warehouse_ids ?? []}
            options={warehouses.map((w) => ({ value: w.id, label: w.name }))}
            onChange={(ids: string[]) => act({ warehouse_ids: ids })}
          />
        </Field>
        <Field label={t('allocation.strategy_title')} hint={t(`allocation.strategy_hint.${draft.action.strategy}`)}>
          <Select aria-label={t('allocation.strategy_title')} value={draft.action.strategy} options={STRATEGIES.map((s) => ({ value: s, label: t(`allocation.strategy.${s}`) }))} onChange={(strategy) => act({ strategy })} />
        </Field>
        <Field label={t('allocation.shortage_title')} hint={t(`allocation.shortage_hint.${draft.action.shortage}`)}>
          <Select aria-label={t('allocation.shortage_title')} value={draft.action.shortage} options={SHORTAGES.map((s) => ({ value: s, label: t(`allocation.shortage.${s}`) }))} onChange={(shortage) => act({ shortage })} />
        </Field>
        <Field label={t('allocation.kind_title')}>
          <Select aria-label={t('allocation.kind_title')} value={draft.action.kind ?? 'express'} options={KINDS.map((k) => ({ value: k, label: t(`allocation.kind.${k}`) }))} onChange={(kind) => act({ kind })} />
        </Field>
        <Field label={t('allocation.carrier_wish')} hint={t('allocation.carrier_wish_hint')}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('allocation.carrier_wish')}
            placeholder={t('allocation.any_carrier')}
            value={draft.action.carrier_wish || undefined}
            options={carriers.map((c) => ({ value: c.code, label: nameOf(c) }))}
            onChange={(carrier_wish: string | undefined) => act({ carrier_wish: carrier_wish ?? '' })}
          />
        </Field>
      </div>
      <ConditionBox stored={rule?.condition} fields={fields.data ?? []} choices={choices} onChange={setCondition} />
      <div className={css.acts}>
        <Button disabled={!valid} onClick={asSaved}>
          {t('allocation.try_draft')}
        </Button>
        <span className={css.muted}>{t('allocation.try_draft_hint')}</span>
      </div>
      {tried ? <PreviewResult scope="unallocated" show={show} rules={tried} onShow={setShow} /> : null}
    </FormDialog>
  )
}
