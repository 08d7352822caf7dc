import { formatFullTime, formatTime } from '@/lib/format'
import css from './bits.module.css'

/** An instant as MM-DD HH:mm in the shop's zone, its full value as the title. */
export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return <span className={css.time}>{'\u2013'}</span>
  return (
    <time className={css.time} dateTime={at} title={formatFullTime(at)}>
      {formatTime(at)}
    </time>
  )
}
