import { useTranslation } from 'react-i18next'
import { useNow } from '@/lib/clock'
import { formatFullTime } from '@/lib/format'
import css from './bits.module.css'
import { spanText } from './span'

const HOUR = 3_600_000

export type SlaLevel = 'calm' | 'soon' | 'critical' | 'overdue'

/** How close a deadline is: over 12 h calm, within 12 h soon, within 2 h critical, past overdue. */
export function slaLevel(left: number): SlaLevel {
  if (left < 0) return 'overdue'
  if (left <= 2 * HOUR) return 'critical'
  if (left <= 12 * HOUR) return 'soon'
  return 'calm'
}

/** The time left to a deadline or past it, in words as well as in colour. */
export function SlaPill({ due }: { due: string | null | undefined }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!due) return null
  const left = Date.parse(due) - now
  if (Number.isNaN(left)) return null
  const level = slaLevel(left)
  return (
    <span className={css[level]} title={t('common.due_at', { at: formatFullTime(due) })}>
      {level === 'overdue' ? t('common.overdue', { span: spanText(t, left) }) : t('common.left', { span: spanText(t, left) })}
    </span>
  )
}
