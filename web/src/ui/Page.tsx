import type { ReactNode } from 'react'
import css from './Page.module.css'
import { useTitle } from './title'

interface PageProps {
  title: string
  /** A short line under the title: what this page is for. */
  hint?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page below the shell: heading row and body. The browser's tab carries its title. */
export function Page({ title, hint, actions, children }: PageProps) {
  useTitle(title)
  return (
    <div className={css.page}>
      <header className={css.head}>
        <div>
          <h1>{title}</h1>
          {hint ? <p>{hint}</p> : null}
        </div>
        {actions ? <div className={css.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

interface PanelProps {
  title?: ReactNode
  /** Beside the title, muted. */
  note?: ReactNode
  actions?: ReactNode
  /** No inner padding: the content is a table that reaches the edges. */
  flush?: boolean
  className?: string
  children: ReactNode
}

/** A white box with an optional heading. */
export function Panel({ title, note, actions, flush, className, children }: PanelProps) {
  return (
    <section className={`${css.panel} ${className ?? ''}`}>
      {title || actions ? (
        <header className={css.panelHead}>
          <h2>
            {title}
            {note ? <small>{note}</small> : null}
          </h2>
          {actions ? <div className={css.actions}>{actions}</div> : null}
        </header>
      ) : null}
      <div className={flush ? css.flush : css.body}>{children}</div>
    </section>
  )
}
