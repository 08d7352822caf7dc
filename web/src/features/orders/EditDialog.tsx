import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderDetail } from '@/lib/api/contract'
import { focusFirstField } from '@/lib/focus'
import { fenToInput, parseYuan } from '@/lib/format'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { defined } from '@/lib/defined'
import { ORDER_KEYS } from './api'
import type { Edit } from './bulk'
import css from './orders.module.css'

interface EditDialogProps {
  edit: Edit
  order: OrderDetail
  onClose: () => void
}

/** Edits of an order that need a permission of their own and are written to the audit log. */
export default function EditDialog({ edit, order, onClose }: EditDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [body, setBody] = useState<object | null>(null)
  const save = useAction({
    run: (input: object, key) => api.post(`/orders/{id}/${edit}` as const, input, { path: { id: order.id }, key }),
    invalidates: ORDER_KEYS,
    onSuccess: () => {
      toast.ok(t('orders.edited'))
      onClose()
    },
  })
  const Form = edit === 'change-address' ? AddressForm : edit === 'change-lines' ? LinesForm : PriceForm
  return (
    <Modal
      open
      title={t(`orders.edit.${edit}`)}
      onCancel={onClose}
      afterOpenChange={focusFirstField}
      width={560}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={!body} loading={save.isPending} onClick={() => body && save.mutate({ ...body, version: order.version })}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <Form order={order} onBody={setBody} />
      {save.error ? <ErrorBox error={save.error} /> : null}
    </Modal>
  )
}

interface FormProps {
  order: OrderDetail
  onBody: (body: object | null) => void
}

const ADDRESS = ['name', 'phone', 'province', 'city', 'district', 'detail'] as const

function AddressForm({ order, onBody }: FormProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<Record<string, string>>({ province: order.province, city: order.city, district: order.district })
  const set = (key: string, value: string) => {
    const next = { ...draft, [key]: value }
    setDraft(next)
    onBody(ADDRESS.every((k) => k === 'district' || next[k]?.trim()) ? { receiver: next } : null)
  }
  return (
    <div className={css.form}>
      <p className={css.muted}>{t('orders.address_hint')}</p>
      {ADDRESS.map((key) => (
        <label key={key} className={css.field}>
          <span>{t(`orders.address.${key}`)}</span>
          <Input value={draft[key] ?? ''} onChange={(e) => set(key, e.target.value)} />
        </label>
      ))}
    </div>
  )
}

interface DraftLine {
  line_id?: string
  sku_id: string
  label: string
  quantity: number
}

function LinesForm({ order, onBody }: FormProps) {
  const { t } = useTranslation()
  const [lines, setLines] = useState<DraftLine[]>(order.lines.map((l) => ({ line_id: l.id, sku_id: l.sku_id, label: `${l.title} ${l.spec}`, quantity: l.quantity })))
  const [q, setQ] = useState('')
  const skus = useQuery({
    queryKey: ['skus', 'find', q],
    queryFn: ({ signal }) => api.get('/skus', { query: { q, active: 'true', limit: 20 }, signal }).then((l) => l.items),
    enabled: q.length > 0,
  })
  const set = (next: DraftLine[]) => {
    setLines(next)
    // A line that stays keeps its SKU; naming it again would be refused where it is not mapped yet.
    onBody({ lines: next.map(({ line_id, sku_id, quantity }) => defined({ line_id, sku_id: line_id ? undefined : sku_id, quantity })) })
  }
  return (
    <div className={css.form}>
      {lines.map((line, i) => (
        <div key={line.line_id ?? `${line.sku_id} ${i}`} className={css.pair}>
          <span style={{ flex: 1 }}>{line.label}</span>
          <InputNumber min={0} precision={0} value={line.quantity} aria-label={t('orders.quantity_of', { name: line.label })} onChange={(n) => set(lines.map((l, j) => (j === i ? { ...l, quantity: n ?? 0 } : l)))} />
        </div>
      ))}
      <Select
        showSearch={{ filterOption: false, onSearch: setQ }}
        value={null}
        placeholder={t('orders.add_sku')}
        aria-label={t('orders.add_sku')}
        options={(skus.data ?? []).map((s) => ({ value: s.id, label: `${s.code} ${s.name} ${s.spec}` }))}
        onChange={(id: string | null) => {
          const sku = skus.data?.find((s) => s.id === id)
          if (sku) set([...lines, { sku_id: sku.id, label: `${sku.name} ${sku.spec}`, quantity: 1 }])
        }}
      />
    </div>
  )
}

function PriceForm({ order, onBody }: FormProps) {
  const { t } = useTranslation()
  const [prices, setPrices] = useState<Record<string, string>>(Object.fromEntries(order.lines.map((l) => [l.id, fenToInput(l.price_fen)])))
  const [freight, setFreight] = useState(fenToInput(order.freight_fen))
  const emit = (nextPrices: Record<string, string>, nextFreight: string) => {
    const lines = Object.entries(nextPrices).map(([line_id, text]) => ({ line_id, price_fen: parseYuan(text) }))
    const freight_fen = parseYuan(nextFreight || '0')
    onBody(freight_fen === null || lines.some((l) => l.price_fen === null) ? null : { lines, freight_fen })
  }
  return (
    <div className={css.form}>
      <p className={css.muted}>{t('orders.price_hint')}</p>
      {order.lines.map((line) => (
        <div key={line.id} className={css.pair}>
          <span style={{ flex: 1 }}>
            {line.title} {line.spec}
          </span>
          <Input
            prefix={'\u00a5'}
            style={{ width: 120 }}
            inputMode="decimal"
            aria-label={t('orders.price_of', { name: line.title })}
            value={prices[line.id] ?? ''}
            onChange={(e) => {
              const next = { ...prices, [line.id]: e.target.value }
              setPrices(next)
              emit(next, freight)
            }}
          />
        </div>
      ))}
      <div className={css.pair}>
        <span style={{ flex: 1 }}>{t('orders.money.freight_fen')}</span>
        <Input
          prefix={'\u00a5'}
          style={{ width: 120 }}
          inputMode="decimal"
          aria-label={t('orders.money.freight_fen')}
          value={freight}
          onChange={(e) => {
            setFreight(e.target.value)
            emit(prices, e.target.value)
          }}
        />
      </div>
    </div>
  )
}
