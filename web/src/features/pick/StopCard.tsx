import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WaveStop } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import css from './pick.module.css'
import { leftOf } from './walk'

interface StopCardProps {
  stop: WaveStop
  /** The basket that is served now; undefined where goods are sorted later. */
  target: { position: number; quantity: number } | undefined
  /** The goods are scanned: they are to be put somewhere. */
  inHand: boolean
  onHold: () => void
  onPut: (position: number, quantity: number) => void
}

/** One stop of the walk: where, what, how many, and then into which basket. */
export function StopCard({ stop, target, inHand, onHold, onPut }: StopCardProps) {
  const { t } = useTranslation()
  const most = target ? target.quantity : leftOf(stop)
  const [quantity, setQuantity] = useState(most)
  const n = Math.min(quantity, most)
  return (
    <section className={css.card} aria-label={t('pick.stop')}>
      <p className={stop.location ? css.place : css.noPlace}>{stop.location || t('waves.no_location')}</p>
      <p className={css.sku}>{stop.sku_code}</p>
      <p className={css.name}>{stop.name}</p>
      <p className={css.left}>{t('pick.left', { count: leftOf(stop) })}</p>
      {inHand ? (
        <>
          {target ? (
            <p className={css.basket}>
              {t('pick.basket')} <strong>{target.position}</strong>
            </p>
          ) : null}
          <div className={css.stepper}>
            <button type="button" aria-label={t('pick.fewer')} disabled={n <= 1} onClick={() => setQuantity(n - 1)}>
              {'\u2212'}
            </button>
            <output aria-label={t('pick.quantity')}>{groupDigits(n)}</output>
            <button type="button" aria-label={t('pick.more')} disabled={n >= most} onClick={() => setQuantity(n + 1)}>
              +
            </button>
          </div>
          <button type="button" className={css.main} onClick={() => onPut(target?.position ?? 0, n)}>
            {target ? t('pick.put', { n: target.position, count: n }) : t('pick.take', { count: n })}
          </button>
          {target && stop.drops.length > 1 ? <p className={css.next}>{t('pick.then', { list: stop.drops.slice(1, 6).map((d) => `${d.position}\u00d7${d.quantity}`).join(' \u00b7 ') })}</p> : null}
        </>
      ) : (
        <button type="button" className={css.main} onClick={onHold}>
          {t('pick.have_it')}
        </button>
      )}
    </section>
  )
}
