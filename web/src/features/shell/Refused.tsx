import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
import { useMe } from '@/lib/session'
import { Empty } from '@/ui/States'
import css from './shell.module.css'

/** Where the page is not for this person: says so, whom to ask, and the way back. */
export function Refused() {
  const { t } = useTranslation()
  const me = useMe()
  const mayOpen = useMayOpen()
  return (
    <div className={css.refused}>
      <Empty title={t('shell.refused')}>
        <p>{t('shell.refused_why', { roles: me.roles.map((r) => r.name).join(t('shell.list_comma')) })}</p>
        {mayOpen('/') ? <Link to="/">{t('shell.go_home')}</Link> : <Link to="/settings/account">{t('shell.account')}</Link>}
      </Empty>
    </div>
  )
}
