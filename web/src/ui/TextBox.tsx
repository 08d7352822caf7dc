import { CloseCircleFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { ClipboardEvent } from 'react'
import css from './TextBox.module.css'

interface TextBoxProps {
  /** Placeholder and name in one. */
  label: string
  value: string
  width?: number
  autoFocus?: boolean
  maxLength?: number
  onChange: (value: string) => void
  onEnter?: () => void
  /** The cross was pressed; without it none is shown. */
  onClear?: () => void
  onPaste?: (event: ClipboardEvent<HTMLInputElement>) => void
}

/** A one-line field for the pages that load first; a component library's field would double their weight. */
export function TextBox({ label, value, width, autoFocus, maxLength, onChange, onEnter, onClear, onPaste }: TextBoxProps) {
  const { t } = useTranslation()
  return (
    <span className={css.box} style={{ width }}>
      <input
        value={value}
        autoFocus={autoFocus}
        maxLength={maxLength}
        placeholder={label}
        aria-label={label}
        onChange={(e) => onChange(e.target.value)}
        onPaste={onPaste}
        onKeyDown={(e) => {
          // Enter that ends a Chinese composition is no command.
          if (e.key === 'Enter' && !e.nativeEvent.isComposing) onEnter?.()
        }}
      />
      {value !== '' && onClear ? (
        <button type="button" aria-label={t('common.clear')} onClick={onClear}>
          <CloseCircleFilled />
        </button>
      ) : null}
    </span>
  )
}
