import { expect, test } from 'vitest'
import type { TFunction } from 'i18next'
import { byArea, roleName } from './roleName'

test('permissions are grouped by capability without losing one or changing their order', () => {
  const list = ['order.read', 'order.close', 'shop.read', 'order.note'].map((permission) => ({ permission }))
  expect(byArea(list)).toEqual([
    ['order', [{ permission: 'order.read' }, { permission: 'order.close' }, { permission: 'order.note' }]],
    ['shop', [{ permission: 'shop.read' }]],
  ])
  expect(byArea([])).toEqual([])
})

test('a role of the product is told in the reader\u2019s language, a name of the merchant\u2019s own stays', () => {
  const texts: Record<string, Record<string, string>> = { 'zh-CN': { 'settings.role.picker': '\u62e3\u8d27\u5458' }, 'en-US': { 'settings.role.picker': 'Picker' } }
  const t = ((key: string, options?: { lng?: string; defaultValue?: string }) => texts[options?.lng ?? 'en-US']?.[key] ?? options?.defaultValue ?? key) as unknown as TFunction
  expect(roleName(t, { code: 'picker', name: '\u62e3\u8d27\u5458' })).toBe('Picker')
  expect(roleName(t, { code: 'picker', name: '\u591c\u73ed\u62e3\u8d27' })).toBe('\u591c\u73ed\u62e3\u8d27')
  expect(roleName(t, { code: 'night_cs', name: '\u591c\u73ed\u5ba2\u670d' })).toBe('\u591c\u73ed\u5ba2\u670d')
})
