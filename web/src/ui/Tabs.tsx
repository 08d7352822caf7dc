import type { ReactNode } from 'react'
import { groupDigits } from '@/lib/format'
import css from './Tabs.module.css'

export interface TabItem<K extends string> {
  key: K
  label: ReactNode
  /** Null while unknown shows a dash, undefined shows nothing. */
  count?: number | string | null
}

interface TabsProps<K extends string> {
  label: string
  items: TabItem<K>[]
  value: K
  onChange: (key: K) => void
  extra?: ReactNode
}

/** A row of tabs whose choice lives in the URL of the page that shows them. */
export function Tabs<K extends string>({ label, items, value, onChange, extra }: TabsProps<K>) {
  return (
    <div className={css.row}>
      <div role="tablist" aria-label={label} className={css.tabs}>
        {items.map((item) => (
          <button key={item.key} type="button" role="tab" aria-selected={item.key === value} className={css.tab} onClick={() => onChange(item.key)}>
            {item.label}
            {item.count === undefined ? null : <span className={css.count}>{typeof item.count === 'number' ? groupDigits(item.count) : (item.count ?? '\u2013')}</span>}
          </button>
        ))}
      </div>
      {extra ? <div className={css.extra}>{extra}</div> : null}
    </div>
  )
}
