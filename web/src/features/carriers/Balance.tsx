import { useTranslation } from 'react-i18next'
import type { CarrierAccount } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { Time } from '@/ui/Time'
import { isLow } from './queries'
import css from './carriers.module.css'

/** How many waybills are left, in red where that is few. */
export function Balance({ account: a }: { account: CarrierAccount }) {
  const { t } = useTranslation()
  if (a.balance === null) return <span className={css.muted}>{t('carriers.not_counted')}</span>
  return (
    <>
      <strong className={isLow(a) ? css.bad : css.number}>{groupDigits(a.balance)}</strong>
      {isLow(a) ? <small className={css.bad}>{a.balance === 0 ? t('carriers.used_up') : t('carriers.low', { n: groupDigits(a.low_at) })}</small> : null}
      {a.balance_at ? (
        <small className={css.under}>
          <Time at={a.balance_at} />
        </small>
      ) : null}
    </>
  )
}
