import { Button, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Panel } from '@/ui/Page'
import { Empty } from '@/ui/States'
import css from './review.module.css'

interface RowColumn<Row> {
  key: keyof Row & string
  kind: 'text' | 'number' | 'money' | 'choice'
  choices?: string[]
  /** Its text under review.*, where that is not the key. */
  label?: string
}

interface RowsProps<Row> {
  title: string
  hint: string
  may: boolean
  rows: readonly Row[]
  blank: Row
  columns: RowColumn<Row>[]
  onChange: (rows: Row[]) => void
}

/** A short list of like rows that are edited in place. */
export function Rows<Row extends object>({ title, hint, may, rows, blank, columns, onChange }: RowsProps<Row>) {
  const { t } = useTranslation()
  const put = (at: number, key: string, value: unknown) => onChange(rows.map((row, i) => (i === at ? { ...row, [key]: value } : row)))
  return (
    <Panel title={title} note={hint} actions={may ? <Button onClick={() => onChange([...rows, blank])}>{t('review.add')}</Button> : null}>
      {rows.length === 0 ? (
        <Empty title={t('review.none')} />
      ) : (
        <ul className={css.rows} aria-label={title}>
          {rows.map((row, at) => (
            <li key={at}>
              {columns.map((c) => (
                <label key={c.key}>
                  <span>{t(`review.${c.label ?? c.key}`)}</span>
                  <Cell column={c} value={row[c.key]} disabled={!may} onChange={(value) => put(at, c.key, value)} />
                </label>
              ))}
              {may ? <Button onClick={() => onChange(rows.filter((_, i) => i !== at))}>{t('review.remove')}</Button> : null}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Cell<Row>({ column, value, disabled, onChange }: { column: RowColumn<Row>; value: unknown; disabled: boolean; onChange: (value: unknown) => void }) {
  const { t } = useTranslation()
  switch (column.kind) {
    case 'number':
      return <InputNumber disabled={disabled} precision={0} min={1} value={Number(value)} onChange={(n) => onChange(n ?? 1)} />
    case 'money':
      return <InputNumber disabled={disabled} precision={2} min={0.01} value={Number(value) / 100} onChange={(n) => onChange(Math.round((n ?? 0.01) * 100))} />
    case 'choice':
      return <Select disabled={disabled} value={String(value)} options={(column.choices ?? []).map((c) => ({ value: c, label: t(`review.${c}`) }))} onChange={onChange} />
    default:
      return <Input disabled={disabled} value={String(value ?? '')} onChange={(e) => onChange(e.target.value)} />
  }
}
