import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { useMe } from '@/lib/session'
import { Menu } from '@/ui/Popup'
import css from './shell.module.css'

/** Who is signed in, the own account, and the way out. */
export function UserMenu() {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const leave = async () => {
    // Even when the server cannot be reached, this browser forgets what it showed.
    await api.delete('/sessions/current').catch(() => undefined)
    // The page leaves first: while it stands, it would ask again for what is forgotten.
    await navigate({ to: '/login' })
    client.clear()
  }
  return (
    <Menu
      align="right"
      label={t('shell.user_menu', { name: me.display_name })}
      heading={`${me.display_name} \u00b7 ${me.merchant_name}`}
      items={[
        { key: 'account', label: t('shell.account') },
        { key: 'leave', label: t('shell.sign_out') },
      ]}
      onPick={(key) => void (key === 'leave' ? leave() : navigate({ to: '/settings/account' }))}
      trigger={({ open, toggle }) => (
        <button type="button" className={css.avatar} aria-haspopup="menu" aria-expanded={open} aria-label={t('shell.user_menu', { name: me.display_name })} onClick={toggle}>
          {[...me.display_name][0] ?? '?'}
        </button>
      )}
    />
  )
}
