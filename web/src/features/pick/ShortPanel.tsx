import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WaveStop } from '@/lib/api/contract'
import css from './pick.module.css'
import { leftOf } from './walk'

interface ShortPanelProps {
  stop: WaveStop
  /** How many are short, and how many are on the shelf. */
  onShort: (quantity: number, counted: number) => void
  onClose: () => void
}

/** Goods are missing: how many are there, and so how many are short. */
export function ShortPanel({ stop, onShort, onClose }: ShortPanelProps) {
  const { t } = useTranslation()
  const left = leftOf(stop)
  const [found, setFound] = useState('0')
  const there = /^\d{1,6}$/.test(found.trim()) ? Number(found) : null
  const short = there === null ? 0 : Math.max(0, left - there)
  return (
    <section className={css.card} aria-label={t('pick.short')}>
      <p className={css.place}>{stop.location || t('waves.no_location')}</p>
      <p className={css.sku}>{stop.sku_code}</p>
      <label className={css.counted}>
        <span>{t('pick.how_many')}</span>
        <input inputMode="numeric" value={found} onFocus={(e) => e.target.select()} onChange={(e) => setFound(e.target.value)} />
      </label>
      <p className={css.next}>{t('pick.short_hint', { left, short })}</p>
      <button type="button" className={css.mainWarn} disabled={short === 0} onClick={() => there !== null && onShort(short, there)}>
        {t('pick.say_short', { count: short })}
      </button>
      <button type="button" className={css.plain} onClick={onClose}>
        {t('common.back')}
      </button>
    </section>
  )
}
