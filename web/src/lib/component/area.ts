// Labels of the platforms leave the seller an area. What stands there (batch, place in it, basket, goods) comes
// with each label; the template that draws it is made with the platform's tools and known by its address.
import { readPref, writePref } from '../prefs'
import { isComponentKind, type ComponentKind } from './dialects'

const PREF = 'station.areas'

/** The addresses of the templates for the seller's area, kept in this browser. */
export function areaTemplates(): Partial<Record<ComponentKind, string>> {
  try {
    const kept: unknown = JSON.parse(readPref(PREF) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(Object.entries(kept).filter(([kind, address]) => isComponentKind(kind) && isAreaTemplate(address)))
  } catch {
    return {}
  }
}

/** Whether a component could fetch a template from there. */
export function isAreaTemplate(address: unknown): address is string {
  return typeof address === 'string' && address.length <= 500 && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
}

/** Keeps the address of a channel's template; an empty one forgets it. */
export function keepAreaTemplate(kind: ComponentKind, address: string): void {
  const all = areaTemplates()
  if (address === '') delete all[kind]
  else all[kind] = address
  writePref(PREF, JSON.stringify(all))
}
