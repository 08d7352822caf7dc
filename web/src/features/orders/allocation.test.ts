import { expect, test } from 'vitest'
import { reasonsOf, sharesOf } from './allocation'

const plan = (...warehouses: string[]) => ({ order_id: '1', rule: '', outcome: 'allocated' as const, candidates: [], shares: warehouses.map((warehouse_id) => ({ warehouse_id, lines: [] })) })

test('parcels are counted by warehouse, and orders that fall apart once', () => {
  const got = sharesOf({ plans: [plan('a'), plan('b'), plan('a', 'b'), plan('a'), plan()] })
  expect(got).toEqual({ shares: [{ warehouse: 'a', orders: 3 }, { warehouse: 'b', orders: 2 }], split: 1 })
})

test('reasons are gathered, the frequent ones first', () => {
  const failed = (message: string) => ({ order_id: '1', code: 'x', message })
  expect(reasonsOf({ failed: [failed('缺货'), failed('未审核'), failed('未审核')] })).toEqual([{ message: '未审核', n: 2 }, { message: '缺货', n: 1 }])
})
