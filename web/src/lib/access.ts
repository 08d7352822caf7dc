import { useCallback } from 'react'
import { useCan } from './session'

// What a page needs, any one of the rights; the longest path that fits decides,
// and a page without an entry is open to everyone who is signed in. A tab that asks
// for more than its page has an entry of its own.
const PAGES: Record<string, readonly string[]> = {
  '/': ['order.read'],
  '/orders': ['order.read'],
  '/import': ['intake.import'],
  '/review': ['order.approve', 'order.hold', 'order.approve_finance'],
  '/print': ['packing.print'],
  '/ship': ['fulfillment.ship'],
  '/dropship': ['fulfillment.dropship'],
  '/catalog': ['catalog.read'],
  '/catalog?tab=import': ['catalog.edit'],
  '/stock': ['inventory.read'],
  '/stock?tab=import': ['inventory.adjust'],
  '/merge': ['fulfillment.read'],
  '/waiting': ['fulfillment.read'],
  '/waves': ['packing.read'],
  '/waves?tab=make': ['packing.wave'],
  '/pick': ['packing.pick'],
  '/verify': ['packing.verify'],
  '/weigh': ['packing.verify'],
  '/handover': ['packing.handover'],
  '/hits': ['packing.read'],
  '/aftersales': ['aftersale.read'],
  '/returns': ['aftersale.read'],
  '/jobs': ['job.read'],
  '/sync': ['channel.read'],
  '/authorise': ['channel.edit'],
  '/settings/shops': ['shop.read'],
  '/settings/warehouses': ['inventory.read'],
  '/settings/carriers': ['logistics.read'],
  '/settings/allocation': ['fulfillment.read'],
  '/settings/allocation?tab=preview': ['fulfillment.allocate'],
  '/settings/suppliers': ['purchase.read'],
  '/settings/labels': ['packing.print'],
  '/settings/stations': ['packing.print'],
  '/settings/review': ['order.approve'],
  '/settings/users': ['iam.read'],
  '/settings/roles': ['iam.read'],
  '/settings/api-keys': ['iam.edit_api_key'],
  '/settings/audit': ['audit.read'],
  '/settings/general': ['setting.edit'],
  '/settings/system': ['system.read'],
}

/** The settings pages in the order in which the first one that may be opened is shown. */
export const SETTINGS_PAGES = ['/settings/shops', '/settings/warehouses', '/settings/carriers', '/settings/allocation', '/settings/suppliers', '/settings/labels', '/settings/stations', '/settings/review', '/settings/users', '/settings/roles', '/settings/api-keys', '/settings/general', '/settings/audit', '/settings/system', '/settings/account'] as const

/** Whether someone with these rights may open a path of the interface, or one of its tabs. The server decides again on every call. */
export function mayOpen(address: string, can: (permission: string) => boolean): boolean {
  const [path = '', tab] = address.split('?')
  if (tab !== undefined && !(PAGES[address] ?? []).every(can)) return false
  for (let at = path.replace(/\/+$/, '') || '/'; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const needs = PAGES[at]
    if (needs) return needs.some(can)
  }
  return true
}

/** The same for whoever is signed in. */
export function useMayOpen(): (path: string) => boolean {
  const can = useCan()
  return useCallback((path) => mayOpen(path, can), [can])
}
