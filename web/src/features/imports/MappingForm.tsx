import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import css from './imports.module.css'

interface MappingFormProps {
  columns: string[]
  /** What can be mapped, in the order to ask. */
  fields: string[]
  required: string[]
  mapping: Record<string, string>
  onChange: (mapping: Record<string, string>) => void
}

/** Which column of an unknown file means what. Remembered for files with the same headers. */
export function MappingForm({ columns, fields, required, mapping, onChange }: MappingFormProps) {
  const { t } = useTranslation()
  const options = columns.map((c) => ({ value: c, label: c }))
  const needed = fields.filter((f) => required.includes(f))
  return (
    <fieldset className={css.mapping}>
      <legend>{t('imports.mapping')}</legend>
      {[...needed, ...fields.filter((f) => !required.includes(f))].map((field) => (
        <label key={field} className={css.field}>
          <span>
            {t(`imports.field.${field}`, { defaultValue: field })}
            {required.includes(field) ? ' *' : ''}
          </span>
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
