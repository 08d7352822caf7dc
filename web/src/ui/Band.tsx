import type { ReactNode } from 'react'
import css from './Band.module.css'

/** Waiting, being asked, right, wrong, or gone. */
export type BandTone = 'idle' | 'wait' | 'good' | 'bad' | 'done'

interface BandProps {
  tone: BandTone
  title: string
  detail?: string
  /** The server has not answered yet. */
  pending?: boolean
  /** At the right edge: a count. */
  children?: ReactNode
}

/** The answer to a scan, large enough to be read from two metres away; its words say what its colour does. */
export function Band({ tone, title, detail, pending, children }: BandProps) {
  return (
    <div className={`${css.band} ${css[tone]}`} role="status" aria-live="assertive" aria-atomic="true" data-tone={tone} data-pending={pending || undefined}>
      <div>
        <strong>{title}</strong>
        {detail ? <p>{detail}</p> : null}
      </div>
      {children ? <div className={css.side}>{children}</div> : null}
    </div>
  )
}
