import { DeleteOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { Suspense, use, useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sku } from '@/lib/api/contract'
import { focusFirstField } from '@/lib/focus'
import { formatFen } from '@/lib/format'
import { useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS } from './api'
import { OrderExtras } from './extras'
import { amountOf, EMPTY_DRAFT, manualBody, parseReceiver, priceOf, RECEIVER_FIELDS, totalOf, type ManualDraft, type ManualLine } from './manual'
import css from './orders.module.css'

interface NewOrderProps {
  onClose: () => void
  onCreated: (id: string) => void
}

const KINDS = ['manual', 'reship', 'exchange'] as const
type Kind = (typeof KINDS)[number]

/** Creates an order by hand: one of its own, or one that makes good for another. */
export default function NewOrderDialog({ onClose, onCreated }: NewOrderProps) {
  const { NewFollowUp } = use(OrderExtras)
  const [kind, setKind] = useState<Kind>('manual')
  if (kind === 'manual' || !NewFollowUp) return <ManualDialog onClose={onClose} onCreated={onCreated} {...(NewFollowUp ? { onKind: setKind } : {})} />
  return (
    <Suspense fallback={null}>
      <NewFollowUp kind={kind} onKind={setKind} onClose={onClose} onMade={onCreated} />
    </Suspense>
  )
}

/** For which shop, to whom, what, for how much. */
function ManualDialog({ onClose, onCreated, onKind }: NewOrderProps & { onKind?: (kind: Kind) => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const follows = useCan()('order.reship') && onKind !== undefined
  const shops = useShops().filter((s) => s.active)
  const [draft, setDraft] = useState<ManualDraft>(EMPTY_DRAFT)
  const only = shops.length === 1 ? shops[0] : undefined
  const order = { ...draft, shop_id: draft.shop_id || (only?.id ?? '') }
  const body = manualBody(order)
  const total = totalOf(order)
  const set = (part: Partial<ManualDraft>) => setDraft({ ...draft, ...part })
  const create = useAction({
    run: (input: NonNullable<typeof body>, key) => api.post('/orders', input, { key }),
    invalidates: ORDER_KEYS,
    onSuccess: (made) => {
      toast.ok(t('orders.created'))
      onClose()
      onCreated(made.order_id)
    },
  })
  const text = (name: 'channel_order_no' | 'buyer_nick' | 'buyer_note' | 'seller_note', max: number) => (
    <label className={css.field}>
      <span>{t(`orders.manual.${name}`)}</span>
      <Input value={draft[name]} maxLength={max} onChange={(e) => set({ [name]: e.target.value })} />
    </label>
  )
  return (
    <Modal
      open
      title={t('orders.new_order')}
      onCancel={onClose}
      width={720}
      mask={{ closable: false }}
      afterOpenChange={focusFirstField}
      footer={
        <div className={css.manualFoot}>
          <span>
            {t('orders.manual.total')} <strong>{formatFen(order.lines.length > 0 ? total : null)}</strong>
          </span>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={!body} loading={create.isPending} onClick={() => body && create.mutate(body)}>
            {t('orders.manual.create')}
          </Button>
        </div>
      }
    >
      <div className={css.form}>
        {follows ? (
          <Radio.Group optionType="button" aria-label={t('orders.filter.order_type')} value="manual" options={KINDS.map((value) => ({ value, label: t(`orders.type.${value}`) }))} onChange={(e) => onKind?.(e.target.value as Kind)} />
        ) : null}
        <div className={css.manualGrid}>
          <label className={css.field}>
            <span>{t('orders.shop')}</span>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={t('orders.shop')}
              placeholder={t('orders.manual.pick_shop')}
              value={order.shop_id || undefined}
              options={shops.map((s) => ({ value: s.id, label: s.name }))}
              onChange={(shop_id: string) => set({ shop_id })}
            />
          </label>
          {text('channel_order_no', 100)}
          {text('buyer_nick', 100)}
        </div>
        <ReceiverForm value={draft.receiver} onChange={(receiver) => set({ receiver })} />
        <LinesForm lines={draft.lines} onChange={(lines) => set({ lines })} />
        <div className={css.manualGrid}>
          <Amount label={t('orders.money.freight_fen')} value={draft.freight} bad={amountOf(draft.freight) === null} onChange={(freight) => set({ freight })} />
          <Amount label={t('orders.manual.discount')} value={draft.discount} bad={amountOf(draft.discount) === null} onChange={(discount) => set({ discount })} />
          <Checkbox className={css.manualPaid} checked={draft.paid} onChange={(e) => set({ paid: e.target.checked })}>
            {t('orders.manual.paid')}
          </Checkbox>
        </div>
        <div className={css.manualTwo}>
          {text('buyer_note', 500)}
          {text('seller_note', 500)}
        </div>
        {create.error ? <ErrorBox error={create.error} /> : null}
      </div>
    </Modal>
  )
}

function ReceiverForm({ value, onChange }: { value: ManualDraft['receiver']; onChange: (next: ManualDraft['receiver']) => void }) {
  const { t } = useTranslation()
  const [pasted, setPasted] = useState('')
  const read = (text: string) => {
    if (text.trim() === '') return
    const found = Object.entries(parseReceiver(text)).filter(([, part]) => part !== '')
    onChange({ ...value, ...Object.fromEntries(found) })
    setPasted('')
  }
  return (
    <fieldset className={css.manualPart}>
      <legend>{t('orders.receiver')}</legend>
      <Input
        placeholder={t('orders.manual.paste')}
        aria-label={t('orders.manual.paste')}
        value={pasted}
        onChange={(e) => setPasted(e.target.value)}
        onPressEnter={(e) => !e.nativeEvent.isComposing && read(pasted)}
        onBlur={() => read(pasted)}
        onPaste={(e) => {
          // A one-line field would glue pasted lines together.
          e.preventDefault()
          read(e.clipboardData.getData('text'))
        }}
      />
      <div className={css.manualSix}>
        {RECEIVER_FIELDS.map((key) => (
          <label key={key} className={`${css.field} ${css[`at_${key}`] ?? ''}`}>
            <span>{t(`orders.address.${key}`)}</span>
            <Input value={value[key]} maxLength={key === 'detail' ? 300 : 40} autoComplete="off" onChange={(e) => onChange({ ...value, [key]: e.target.value })} />
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function LinesForm({ lines, onChange }: { lines: ManualLine[]; onChange: (lines: ManualLine[]) => void }) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q.trim())
  const skus = useQuery({
    queryKey: ['skus', 'find', asked],
    queryFn: ({ signal }): Promise<Sku[]> => api.get('/skus', { query: { q: asked, active: 'true', limit: 20 }, signal }).then((l) => l.items),
    placeholderData: keepPreviousData,
  })
  const set = (at: number, part: Partial<ManualLine>) => onChange(lines.map((l, i) => (i === at ? { ...l, ...part } : l)))
  return (
    <fieldset className={css.manualPart}>
      <legend>{t('orders.col_items')}</legend>
      {lines.map((line, i) => (
        <div key={line.sku_id} className={css.manualLine}>
          <span>{line.label}</span>
          <Checkbox checked={line.is_gift} onChange={(e) => set(i, { is_gift: e.target.checked })}>
            {t('orders.type.gift')}
          </Checkbox>
          <Input
            prefix={'\u00a5'}
            style={{ width: 110 }}
            inputMode="decimal"
            placeholder={t('orders.manual.price')}
            aria-label={t('orders.price_of', { name: line.label })}
            disabled={line.is_gift}
            status={line.price !== '' && priceOf(line) === null ? 'error' : undefined}
            value={line.is_gift ? '0' : line.price}
            onChange={(e) => set(i, { price: e.target.value })}
          />
          <InputNumber style={{ width: 84 }} min={1} max={1_000_000} precision={0} prefix={'\u00d7'} value={line.quantity} aria-label={t('orders.quantity_of', { name: line.label })} onChange={(n) => set(i, { quantity: n ?? 1 })} />
          <Button type="text" icon={<DeleteOutlined />} aria-label={t('orders.manual.remove', { name: line.label })} onClick={() => onChange(lines.filter((_, j) => j !== i))} />
        </div>
      ))}
      <Select
        showSearch={{ filterOption: false, searchValue: q, onSearch: setQ }}
        value={null}
        placeholder={t('orders.add_sku')}
        aria-label={t('orders.add_sku')}
        notFoundContent={skus.isFetching ? t('common.loading') : t('orders.manual.no_sku')}
        options={(skus.data ?? []).filter((s) => !lines.some((l) => l.sku_id === s.id)).map((s) => ({ value: s.id, label: [s.code, s.name, s.name.includes(s.spec) ? '' : s.spec].filter(Boolean).join(' ') }))}
        onChange={(id: string | null) => {
          const sku = skus.data?.find((s) => s.id === id)
          if (!sku) return
          setQ('')
          onChange([...lines, { sku_id: sku.id, label: [sku.code, sku.name].join(' '), quantity: 1, price: '', is_gift: false }])
        }}
      />
    </fieldset>
  )
}

function Amount({ label, value, bad, onChange }: { label: string; value: string; bad: boolean; onChange: (text: string) => void }) {
  const { t } = useTranslation()
  return (
    <label className={css.field}>
      <span>{label}</span>
      <Input prefix={'\u00a5'} inputMode="decimal" placeholder="0.00" status={bad ? 'error' : undefined} aria-invalid={bad} value={value} onChange={(e) => onChange(e.target.value)} />
      {bad ? <small className={css.bad}>{t('orders.manual.bad_amount')}</small> : null}
    </label>
  )
}
