import { useCallback } from 'react'
import { useCan } from '@/lib/session'

// The server says what an order's state allows, rights aside; this is the right each of these needs.
const RIGHT: Record<string, string> = {
  approve: 'order.approve',
  revoke_approval: 'order.approve',
  approve_finance: 'order.approve_finance',
  hold: 'order.hold',
  release: 'order.hold',
  close: 'order.close',
  archive: 'order.archive',
  unarchive: 'order.archive',
  read: 'order.read',
  unread: 'order.read',
  note: 'order.note',
  flag: 'order.note',
  tag: 'order.note',
  change_address: 'order.edit_address',
  request_address: 'order.edit_address',
  change_lines: 'order.edit_lines',
  adjust_price: 'order.adjust_price',
  adopt: 'order.adopt',
  reveal: 'order.reveal',
  allocate: 'fulfillment.allocate',
  ship: 'fulfillment.ship',
}

/** Whether a person with these rights may do something to orders at all. Actions are named with - or _. */
export function mayAct(action: string, can: (permission: string) => boolean): boolean {
  const right = RIGHT[action.replaceAll('-', '_')]
  return right !== undefined && can(right)
}

/** What may be done to one order: its state allows it and so does the reader's role. */
export function useOffers(): (order: { allowed_actions: string[] }, action: string) => boolean {
  const can = useCan()
  return useCallback((order, action) => order.allowed_actions.includes(action.replaceAll('-', '_')) && mayAct(action, can), [can])
}

export function useMayAct(): (action: string) => boolean {
  const can = useCan()
  return useCallback((action) => mayAct(action, can), [can])
}
