import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import css from './imports.module.css'

/** Fields of an order that a file of one's own may carry; the first three are needed. */
export const GENERIC_FIELDS = [
  'channel_order_no',
  'status',
  'title',
  'placed_at',
  'paid_at',
  'ship_by_at',
  'shipped_at',
  'completed_at',
  'channel_line_no',
  'merchant_sku_code',
  'sku_text',
  'quantity',
  'price_fen',
  'line_paid_fen',
  'goods_fen',
  'merchant_discount_fen',
  'platform_discount_fen',
  'freight_fen',
  'buyer_paid_fen',
  'merchant_receivable_fen',
  'refund_fen',
  'refund_status',
  'receiver_name',
  'receiver_phone',
  'province',
  'city',
  'district',
  'town',
  'detail',
  'zip',
  'buyer_nick',
  'payment_method',
  'buyer_note',
  'seller_note',
  'waybill_carrier',
  'waybill_no',
] as const

interface MappingFormProps {
  columns: string[]
  mapping: Record<string, string>
  onChange: (mapping: Record<string, string>) => void
}

/** Which column of an unknown file means what. Remembered for files with the same headers. */
export function MappingForm({ columns, mapping, onChange }: MappingFormProps) {
  const { t } = useTranslation()
  const options = columns.map((c) => ({ value: c, label: c }))
  // The server's proposal may know further fields than this list.
  const fields = [...new Set([...GENERIC_FIELDS, ...Object.keys(mapping)])]
  return (
    <fieldset className={css.mapping}>
      <legend>{t('imports.mapping')}</legend>
      {fields.map((field) => (
        <label key={field} className={css.field}>
          <span>{t(`imports.field.${field}`, { defaultValue: field })}</span>
          <Select
            allowClear
            showSearch
            value={mapping[field]}
            aria-label={t(`imports.field.${field}`, { defaultValue: field })}
            options={options}
            onChange={(column: string | undefined) => {
              const next = { ...mapping }
              if (column) next[field] = column
              else delete next[field]
              onChange(next)
            }}
          />
        </label>
      ))}
    </fieldset>
  )
}
