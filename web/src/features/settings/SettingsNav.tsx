import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
import css from './settings.module.css'

const PAGES = ['shops', 'warehouses', 'carriers', 'allocation', 'suppliers', 'labels', 'stations', 'review', 'users', 'roles', 'api-keys', 'general', 'audit', 'system'] as const

/** The settings with their own list of pages on the left. */
export function SettingsNav({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const mayOpen = useMayOpen()
  return (
    <div className={css.frame}>
      <nav aria-label={t('shell.nav.settings')} className={css.nav}>
        {PAGES.filter((page) => mayOpen(`/settings/${page}`)).map((page) => (
          <Link key={page} to={`/settings/${page}`} className={css.link} activeProps={{ className: css.active }}>
            {t(`shell.settings.${page}`)}
          </Link>
        ))}
        <Link to="/settings/account" className={css.link} activeProps={{ className: css.active }}>
          {t('shell.account')}
        </Link>
      </nav>
      <div className={css.content}>{children}</div>
    </div>
  )
}
