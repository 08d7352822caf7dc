import { useTranslation } from 'react-i18next'
import type { RoleRef } from '@/lib/api/contract'

/** Built-in roles are named in the reader's language, custom ones as their maker named them. */
export function useRoleName(): (role: RoleRef) => string {
  const { t } = useTranslation()
  return (role) => t(`settings.role.${role.code}`, { defaultValue: role.name || role.code })
}
