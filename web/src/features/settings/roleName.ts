import type { TFunction } from 'i18next'

/**
 * A role as its reader calls it. The product's own roles come with Chinese names
 * and are told in his language; a name that the merchant gave stays as it is.
 */
export function roleName(t: TFunction, role: { code: string; name: string }): string {
  const own = t(`settings.role.${role.code}`, { lng: 'zh-CN', defaultValue: '' })
  return own === role.name ? t(`settings.role.${role.code}`) : role.name
}

/** The capability that a permission belongs to, which is the part before its dot. */
export function areaOf(permission: string): string {
  return permission.slice(0, permission.indexOf('.'))
}

/** Permissions by capability, both in the order in which they come. */
export function byArea<T extends { permission: string }>(permissions: readonly T[]): [area: string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const p of permissions) {
    const area = areaOf(p.permission)
    groups.set(area, [...(groups.get(area) ?? []), p])
  }
  return [...groups]
}
