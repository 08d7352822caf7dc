import type { TFunction } from 'i18next'
import { splitSpan } from '@/lib/format'

/** "1 d 18 h" or "8 h 41 min": the two units that matter. */
export function spanText(t: TFunction, ms: number): string {
  const { days, hours, minutes } = splitSpan(ms)
  if (days > 0) return hours > 0 ? t('common.span_days_hours', { days, hours }) : t('common.span_days', { days })
  if (hours > 0) return minutes > 0 ? t('common.span_hours_minutes', { hours, minutes }) : t('common.span_hours', { hours })
  return t('common.span_minutes', { minutes })
}
