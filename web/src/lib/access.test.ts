import { expect, test } from 'vitest'
import { mayOpen } from './access'

const having = (...rights: string[]) => (permission: string) => rights.includes(permission)

test.each([
  ['/', ['order.read'], true],
  ['/', [], false],
  ['/orders/9007199254740993', ['order.read'], true],
  ['/orders/9007199254740993', ['inventory.read'], false],
  ['/review', ['order.hold'], true],
  ['/review', ['order.approve_finance'], true],
  ['/ship', ['fulfillment.read'], false],
  ['/waves', ['packing.read'], true],
  ['/waves?tab=all', ['packing.read'], true],
  ['/waves?tab=make', ['packing.read'], false],
  ['/waves?tab=make', ['packing.read', 'packing.wave'], true],
  ['/waves?tab=make', ['packing.wave'], false],
  ['/settings/allocation?tab=preview', ['fulfillment.read'], false],
  ['/settings/api-keys', ['iam.read'], false],
  ['/settings/audit/', ['audit.read'], true],
  ['/settings/account', [], true],
  ['/settings', [], true],
])('%s with the rights %j: %s', (path, rights, open) => {
  expect(mayOpen(path, having(...rights))).toBe(open)
})
