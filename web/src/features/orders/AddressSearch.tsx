import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
import { settingsQuery } from '@/lib/lookups'
import css from './orders.module.css'

/** Whether the merchant has whole addresses searched; undefined until that is known. */
export function useWholeAddresses(): boolean | undefined {
  const { data } = useQuery(settingsQuery)
  return data ? data.find((s) => s.name === 'order.search_address')?.value === true : undefined
}

/** Streets and numbers are not searched; whoever may change that is shown where. */
export function AddressOff() {
  const { t } = useTranslation()
  const mayOpen = useMayOpen()
  return (
    <small className={css.muted}>
      {t('orders.address_off')}{' '}
      {mayOpen('/settings/general') ? <Link to="/settings/general">{t('orders.address_turn_on')}</Link> : null}
    </small>
  )
}

/** What a list found by an address left out, and why. */
export function AddressNote({ state }: { state: 'off' | 'building' | 'on' | undefined }) {
  const { t } = useTranslation()
  const mayOpen = useMayOpen()
  if (state === 'off') {
    return (
      <p className={css.partly}>
        <AddressOff />
      </p>
    )
  }
  if (state !== 'building') return null
  return (
    <p className={css.partly}>
      {t('orders.address_building')} {mayOpen('/jobs') ? <Link to="/jobs">{t('orders.address_progress')}</Link> : null}
    </p>
  )
}
