import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { groupDigits } from '@/lib/format'
import css from './Shell.module.css'

export interface NavItem {
  to: string
  label: string
  icon: ReactNode
  /** Work that waits there; null while unknown. Undefined shows nothing. */
  count?: number | null
  /** The work is late or broken. */
  urgent?: boolean
}

interface ShellProps {
  items: NavItem[]
  /** Left part of the top bar: search and command palette. */
  search: ReactNode
  /** Right part of the top bar: age of data, language, user. */
  tools: ReactNode
  children: ReactNode
}

/** The frame of every page: navigation with counters of work on the left, search and state on top. */
export function Shell({ items, search, tools, children }: ShellProps) {
  const { t } = useTranslation()
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#main">
        {t('shell.skip')}
      </a>
      <nav className={css.nav} aria-label={t('shell.nav_label')}>
        <Link to="/" className={css.brand}>
          <img src="/favicon.svg" alt="" width={26} height={26} />
          <span>{t('shell.brand')}</span>
        </Link>
        <ul>
          {items.map((item) => (
            <li key={item.to}>
              <Link to={item.to} className={css.item} activeProps={{ className: css.active, 'aria-current': 'page' }} activeOptions={{ exact: item.to === '/', includeSearch: false }}>
                <span className={css.icon} aria-hidden>
                  {item.icon}
                </span>
                <span className={css.label}>{item.label}</span>
                {item.count === undefined ? null : <span className={item.urgent ? css.urgent : css.count}>{item.count === null ? '\u2013' : groupDigits(item.count)}</span>}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <header className={css.top}>
        {search}
        <div className={css.tools}>{tools}</div>
      </header>
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}
