import { expect, test } from 'vitest'
import { byArea } from './roleName'

test('permissions are grouped by capability without losing one or changing their order', () => {
  const list = ['order.read', 'order.close', 'shop.read', 'order.note'].map((permission) => ({ permission }))
  expect(byArea(list)).toEqual([
    ['order', [{ permission: 'order.read' }, { permission: 'order.close' }, { permission: 'order.note' }]],
    ['shop', [{ permission: 'shop.read' }]],
  ])
  expect(byArea([])).toEqual([])
})
