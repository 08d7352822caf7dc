import { DownOutlined } from '@ant-design/icons'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Pick.module.css'
import { Popup } from './Popup'

export interface PickOption {
  value: string
  label: string
  /** Shown before the label. */
  mark?: ReactNode
}

interface PickProps {
  label: string
  options: PickOption[]
  value: string[]
  onChange: (value: string[]) => void
}

/** Above this many options a box to narrow them down appears. */
const SEARCH_FROM = 8

/** Chooses several of a short list by native check boxes; much lighter than a select component. */
export function Pick({ label, options, value, onChange }: PickProps) {
  const { t } = useTranslation()
  const chosen = options.filter((o) => value.includes(o.value))
  const first = chosen[0]
  return (
    <Popup
      trigger={({ open, toggle }) => (
        <button type="button" className={chosen.length > 0 ? css.on : css.button} aria-expanded={open} aria-haspopup="dialog" onClick={toggle}>
          <span>{first ? (chosen.length > 1 ? t('common.picked', { first: first.label, more: chosen.length - 1 }) : first.label) : label}</span>
          <DownOutlined aria-hidden />
        </button>
      )}
    >
      {() => <Options label={label} options={options} value={value} onChange={onChange} />}
    </Popup>
  )
}

function Options({ label, options, value, onChange }: PickProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const shown = options.filter((o) => o.label.toLowerCase().includes(text.trim().toLowerCase()))
  return (
    <div className={css.panel} role="dialog" aria-label={label}>
      {options.length >= SEARCH_FROM ? <input className={css.search} autoFocus value={text} placeholder={t('common.search')} aria-label={t('common.search')} onChange={(e) => setText(e.target.value)} /> : null}
      <div className={css.list}>
        {shown.map((o) => (
          <label key={o.value} className={css.option}>
            <input type="checkbox" checked={value.includes(o.value)} onChange={(e) => onChange(e.target.checked ? [...value, o.value] : value.filter((v) => v !== o.value))} />
            {o.mark}
            <span>{o.label}</span>
          </label>
        ))}
        {shown.length === 0 ? <p className={css.none}>{t('common.none')}</p> : null}
      </div>
      {value.length > 0 ? (
        <button type="button" className={css.clear} onClick={() => onChange([])}>
          {t('common.clear')}
        </button>
      ) : null}
    </div>
  )
}
