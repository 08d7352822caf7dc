import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { CarrierRule } from '@/lib/api/contract'
import { channelsQuery, nameOf, useShops, useWarehouses } from '@/lib/lookups'
import { ConditionBox } from '@/ui/Conditions'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { accountsQuery, connectionsQuery, divisionsQuery } from './queries'
import { TryTable } from './TryTable'
import css from './carriers.module.css'

interface RuleDialogProps {
  /** null for a new one. */
  rule: CarrierRule | null
  /** The place of the last rule. */
  last: number
  onClose: () => void
}

const EFFECTS = ['prefer', 'require', 'exclude'] as const

/** A rule of the choice: when it holds, what it does with which accounts, and what that would change now. */
export function RuleDialog({ rule, last, onClose }: RuleDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const fields = useQuery({ queryKey: ['carrier-rules', 'fields'], queryFn: ({ signal }) => api.get('/carrier-rules/fields', { signal }).then((l) => l.items), staleTime: Infinity })
  const accounts = useQuery(accountsQuery).data ?? []
  const connections = useQuery(connectionsQuery).data ?? []
  const channels = useQuery(channelsQuery).data ?? []
  const provinces = useQuery(divisionsQuery('', '')).data ?? []
  const shops = useShops()
  const warehouses = useWarehouses()
  const [name, setName] = useState(rule?.name ?? '')
  const [effect, setEffect] = useState(rule?.effect ?? 'prefer')
  const [chosen, setChosen] = useState(rule?.account_ids ?? [])
  const [product, setProduct] = useState(rule?.product ?? '')
  const [condition, setCondition] = useState<object | null>(() => (rule?.condition as object | undefined) ?? {})
  const body = { version: rule?.version, position: rule?.position ?? last + 1, name: name.trim(), condition: condition ?? {}, effect, account_ids: chosen, product, enabled: rule?.enabled ?? true }
  const valid = body.name !== '' && condition !== null && chosen.length > 0
  const attempt = useAction({ run: (draft: typeof body, key) => api.post('/carrier-rules/try', { rule: { ...draft, enabled: true }, rule_id: rule?.id }, { key }).then((l) => l.items) })
  const save = useAction({
    run: (draft: typeof body, key) => (rule ? api.put('/carrier-rules/{id}', draft, { path: { id: rule.id }, key }) : api.post('/carrier-rules', draft, { key })),
    invalidates: [['carrier-rules']],
    onSuccess: () => {
      toast.ok(t('carriers.rule_saved', { name: body.name }))
      onClose()
    },
  })
  const products = connections.filter((c) => accounts.some((a) => chosen.includes(a.id) && a.kind === 'carrier' && a.carrier === c.carrier.code)).flatMap((c) => c.products)
  const choices = {
    shop_id: shops.map((s) => ({ value: s.id, label: s.name })),
    warehouse_id: warehouses.map((w) => ({ value: w.id, label: w.name })),
    channel: channels.map((c) => ({ value: c.code, label: nameOf(c) })),
    province: provinces.map((p) => ({ value: p, label: p })),
  }
  return (
    <FormDialog width={860} title={rule ? t('carriers.edit_rule', { name: rule.name }) : t('carriers.new_rule')} valid={valid} saving={save.isPending} error={save.error ?? fields.error} onSave={() => save.mutate(body)} onClose={onClose}>
      <div className={css.two}>
        <Field label={t('carriers.rule_name')}>
          <Input maxLength={60} aria-label={t('carriers.rule_name')} value={name} onChange={(e) => setName(e.target.value)} />
        </Field>
        <Field label={t('carriers.effect_title')} hint={t(`carriers.effect_hint.${effect}`)}>
          <Select aria-label={t('carriers.effect_title')} value={effect} options={EFFECTS.map((e) => ({ value: e, label: t(`carriers.effect.${e}`) }))} onChange={setEffect} />
        </Field>
        <Field label={t('carriers.rule_accounts')} hint={effect === 'exclude' ? undefined : t('carriers.rule_accounts_hint')}>
          <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} aria-label={t('carriers.rule_accounts')} value={chosen} options={accounts.map((a) => ({ value: a.id, label: a.name }))} onChange={setChosen} />
        </Field>
        {effect !== 'exclude' && products.length > 0 ? (
          <Field label={t('carriers.product')}>
            <Select aria-label={t('carriers.product')} value={product} options={[{ value: '', label: t('carriers.product_of_account') }, ...products.map((p) => ({ value: p.code, label: nameOf(p) }))]} onChange={setProduct} />
          </Field>
        ) : null}
      </div>
      <ConditionBox stored={rule?.condition} fields={fields.data ?? []} choices={choices} onChange={setCondition} />
      <div className={css.acts}>
        <Button disabled={!valid} loading={attempt.isPending} onClick={() => attempt.mutate(body)}>
          {t('carriers.try_draft')}
        </Button>
        <span className={css.muted}>{t('carriers.try_draft_hint')}</span>
      </div>
      {attempt.error ? <ErrorBox error={attempt.error} /> : null}
      {attempt.data ? <TryTable rows={attempt.data} /> : null}
    </FormDialog>
  )
}
