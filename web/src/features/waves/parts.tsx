import { useTranslation } from 'react-i18next'
import { useNow } from '@/lib/clock'
import { formatFullTime, formatTime, groupDigits } from '@/lib/format'
import { Tag, type Tone } from '@/ui/Tag'
import css from './waves.module.css'

const TONES: Record<string, Tone> = { made: 'plain', picking: 'blue', picked: 'green', closed: 'plain', cancelled: 'red' }

export function StateTag({ state }: { state: 'made' | 'picking' | 'picked' | 'closed' | 'cancelled' }) {
  const { t } = useTranslation()
  return <Tag tone={TONES[state]}>{t(`waves.state.${state}`)}</Tag>
}

/** How far a wave is: fetched, missing, and what is left of it, in pieces. */
export function Bar({ wave }: { wave: { wanted: number; picked: number; short: number } }) {
  const { t } = useTranslation()
  const width = (n: number) => `${wave.wanted > 0 ? (n / wave.wanted) * 100 : 0}%`
  return (
    <div className={css.progress}>
      <div className={css.track} aria-hidden>
        <span className={css.done} style={{ width: width(wave.picked) }} />
        <span className={css.missing} style={{ width: width(wave.short) }} />
      </div>
      <span>
        {t('waves.picked_of', { picked: groupDigits(wave.picked), wanted: groupDigits(wave.wanted) })}
        {wave.short > 0 ? <span className={css.short}> {t('waves.short_n', { count: wave.short })}</span> : null}
      </span>
    </div>
  )
}

/** "17:30", the time of day of an instant in the shop's zone. */
export function clockOf(at: string): string {
  return formatTime(at).slice(-5)
}

const SOON_MS = 60 * 60_000

/** When the first courier collects some of a wave; red once an hour is left, or it has left. */
export function CutOff({ wave }: { wave: { cut_off_at: string | null; ended_at: string | null } }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!wave.cut_off_at) return null
  const left = Date.parse(wave.cut_off_at) - now
  const tone = wave.ended_at !== null ? 'plain' : left < 0 ? 'red' : left < SOON_MS ? 'amber' : 'plain'
  return (
    <Tag tone={tone} title={formatFullTime(wave.cut_off_at)}>
      {left < 0 && wave.ended_at === null ? t('waves.cut_off_missed', { at: clockOf(wave.cut_off_at) }) : t('waves.due_before', { at: clockOf(wave.cut_off_at) })}
    </Tag>
  )
}
