import { Button, DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDay, nextDay } from '@/lib/format'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import { HOLD_KINDS } from './holds'
import { AddressOff, useWholeAddresses } from './AddressSearch'
import css from './orders.module.css'
import { ORDER_TYPES, SORTS, sortOf, TIME_KINDS, type OrderSearch, type Sort } from './search'

interface MoreFiltersProps {
  search: OrderSearch
  onApply: (next: OrderSearch) => void
  onClose: () => void
}

function Field({ label, wide, children }: { label: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={`${css.field} ${wide ? css.wide : ''}`}>
      <span>{label}</span>
      {children}
    </div>
  )
}

const TEXTS = ['product', 'sku', 'receiver', 'phone', 'address'] as const

/** The rarer filters, applied together. */
export default function MoreFilters({ search, onApply, onClose }: MoreFiltersProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<OrderSearch>(search)
  const set = (patch: Partial<OrderSearch>) => setDraft((d) => ({ ...d, ...patch }))
  const apply = () => {
    onApply(draft)
    onClose()
  }
  useKeys([{ keys: KEY.close, run: onClose, inFields: true }])
  const whole = useWholeAddresses()
  const [today] = useState(() => formatDay(Date.now()))
  const preset = (label: string, days: number) => ({ label, value: [dayjs(nextDay(today, 1 - days)), dayjs(today)] as [dayjs.Dayjs, dayjs.Dayjs] })
  return (
    <div className={css.morePanel} role="dialog" aria-label={t('orders.more_filters')}>
      <div className={css.moreGrid}>
        <Field label={t('orders.filter.time')} wide>
          <span className={css.pair}>
            <Select
              style={{ width: 130 }}
              aria-label={t('orders.filter.time_kind')}
              value={draft.time_kind ?? 'placed'}
              options={TIME_KINDS.map((k) => ({ value: k, label: t(`orders.time_kind.${k}`) }))}
              onChange={(time_kind) => set({ time_kind })}
            />
            <DatePicker.RangePicker
              style={{ flex: 1 }}
              allowEmpty={[true, true]}
              value={[draft.from_on ? dayjs(draft.from_on) : null, draft.to_on ? dayjs(draft.to_on) : null]}
              presets={[preset(t('orders.preset_today'), 1), preset(t('orders.preset_7'), 7), preset(t('orders.preset_30'), 30), preset(t('orders.preset_90'), 90)]}
              onChange={(range) => set({ from_on: range?.[0]?.format('YYYY-MM-DD'), to_on: range?.[1]?.format('YYYY-MM-DD') })}
            />
          </span>
        </Field>
        {TEXTS.map((key) => (
          <Field key={key} label={t(`orders.filter.${key}`)}>
            <Input value={draft[key] ?? ''} aria-label={t(`orders.filter.${key}`)} placeholder={t(`orders.filter_hint.${key === 'address' && whole ? 'address_whole' : key}`)} onChange={(e) => set({ [key]: e.target.value || undefined })} onPressEnter={apply} />
            {key === 'address' && whole === false ? <AddressOff /> : null}
          </Field>
        ))}
        <Field label={t('orders.filter.amount')}>
          <span className={css.pair}>
            <Input prefix={'\u00a5'} inputMode="decimal" aria-label={t('orders.filter.amount_min')} value={draft.amount_min ?? ''} onChange={(e) => set({ amount_min: e.target.value || undefined })} onPressEnter={apply} />
            {'\u2013'}
            <Input prefix={'\u00a5'} inputMode="decimal" aria-label={t('orders.filter.amount_max')} value={draft.amount_max ?? ''} onChange={(e) => set({ amount_max: e.target.value || undefined })} onPressEnter={apply} />
          </span>
        </Field>
        <Field label={t('orders.filter.flag')}>
          <Select
            mode="multiple"
            allowClear
            aria-label={t('orders.filter.flag')}
            value={draft.flag ?? []}
            options={['1', '2', '3', '4', '5'].map((f) => ({ value: f, label: t(`orders.flag.${f}`) }))}
            onChange={(flag: string[]) => set({ flag: flag.length ? flag : undefined })}
          />
        </Field>
        <Field label={t('orders.filter.tag')}>
          <Select mode="tags" allowClear aria-label={t('orders.filter.tag')} value={draft.tag ?? []} options={[]} onChange={(tag: string[]) => set({ tag: tag.length ? tag : undefined })} />
        </Field>
        <Field label={t('orders.filter.order_type')}>
          <Select
            mode="multiple"
            allowClear
            aria-label={t('orders.filter.order_type')}
            value={draft.order_type ?? []}
            options={ORDER_TYPES.map((k) => ({ value: k, label: t(`orders.type.${k}`) }))}
            onChange={(order_type: string[]) => set({ order_type: order_type.length ? order_type : undefined })}
          />
        </Field>
        <Field label={t('orders.filter.hold')}>
          <Select
            mode="multiple"
            allowClear
            aria-label={t('orders.filter.hold')}
            value={draft.hold ?? []}
            options={HOLD_KINDS.map((k) => ({ value: k, label: t(`orders.hold.${k}`) }))}
            onChange={(hold: string[]) => set({ hold: hold.length ? hold : undefined })}
          />
        </Field>
        <Field label={t('orders.filter.payment_method')}>
          <Select
            mode="tags"
            allowClear
            aria-label={t('orders.filter.payment_method')}
            value={draft.payment_method ?? []}
            options={[]}
            onChange={(payment_method: string[]) => set({ payment_method: payment_method.length ? payment_method : undefined })}
          />
        </Field>
        <Field label={t('orders.sort_by')}>
          <Select aria-label={t('orders.sort_by')} value={sortOf(draft)} options={SORTS.map((s) => ({ value: s, label: t(`orders.sort.${s}`) }))} onChange={(sort: Sort) => set({ sort })} />
        </Field>
        <div className={`${css.checks} ${css.wide}`}>
          <label>
            <input type="checkbox" checked={draft.unread ?? false} onChange={(e) => set({ unread: e.target.checked || undefined })} />
            {t('orders.filter.unread')}
          </label>
          <label>
            <input type="checkbox" checked={draft.overdue ?? false} onChange={(e) => set({ overdue: e.target.checked || undefined })} />
            {t('orders.filter.overdue')}
          </label>
          <label>
            <input type="checkbox" checked={draft.due_within_hours === '6'} onChange={(e) => set({ due_within_hours: e.target.checked ? '6' : undefined })} />
            {t('orders.due_6')}
          </label>
        </div>
      </div>
      <div className={css.moreFoot}>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="primary" onClick={apply}>
          {t('orders.apply')}
        </Button>
      </div>
    </div>
  )
}
