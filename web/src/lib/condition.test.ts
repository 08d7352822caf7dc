import { describe, expect, it } from 'vitest'
import type { ReviewField } from '@/lib/api/contract'
import { readCondition, wholeCondition, writeCondition } from './condition'

const field = (name: string, kind: string) => ({ name, kind, name_zh: name, name_en: name, operators: [], words: [] }) as unknown as ReviewField
const fields = [field('paid_fen', 'number'), field('buyer_note', 'text'), field('tags', 'list'), field('remote_area', 'bool')]

describe('conditions of review rules', () => {
  it.each([
    {},
    { field: 'paid_fen', op: 'gt', value: 5000 },
    { field: 'remote_area', op: 'is', value: false },
    { all: [{ field: 'paid_fen', op: 'between', value: [1, 5000] }, { field: 'buyer_note', op: 'not_empty' }] },
    { any: [{ field: 'tags', op: 'has_any', value: ['a', 'b'] }, { field: 'buyer_note', op: 'contains', value: 'x' }] },
  ])('come back from the form as they were: %j', (stored) => {
    const simple = readCondition(stored)
    expect(simple).not.toBeNull()
    if (simple) {
      expect(writeCondition(simple, fields)).toEqual(stored)
      expect(wholeCondition(simple, fields)).toBe(true)
    }
  })

  it('are left alone when they are nested', () => {
    expect(readCondition({ all: [{ not: { field: 'paid_fen', op: 'gt', value: 1 } }] })).toBeNull()
    expect(readCondition({ not: { field: 'paid_fen', op: 'gt', value: 1 } })).toBeNull()
  })

  it('are not whole without a value, or with a word where a number stands', () => {
    expect(wholeCondition({ every: true, list: [{ field: 'buyer_note', op: 'contains', value: ' ' }] }, fields)).toBe(false)
    expect(wholeCondition({ every: true, list: [{ field: 'paid_fen', op: 'gt', value: 'x' }] }, fields)).toBe(false)
    expect(wholeCondition({ every: true, list: [{ field: 'mood', op: 'eq', value: 'x' }] }, fields)).toBe(false)
  })
})
