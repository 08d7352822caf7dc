import type { ReactNode } from 'react'
import css from './Form.module.css'

/** A labelled field of a form, with an optional line under it. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <span>{label}</span>
      {children}
      {hint ? <small>{hint}</small> : null}
    </div>
  )
}
