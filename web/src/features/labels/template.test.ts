import { expect, test } from 'vitest'
import { filled, fresh, KINDS, moved, onto, type Body } from './template'

test('names of fields are replaced, other braces stay as they are', () => {
  expect(filled('{shop} {nobody} {order_nos}', (name) => `<${name}>`)).toBe('<shop> {nobody} <order_nos>')
})

test('a smaller label keeps every element on itself', () => {
  const body: Body = { name: 'x', size: { width_mm: 100, height_mm: 180 }, elements: [{ kind: 'line', x_mm: 1, y_mm: 170, width_mm: 98, height_mm: 0 }, { ...fresh('text'), x_mm: 60, width_mm: 30 }] }
  for (const e of onto(body, { width_mm: 76, height_mm: 130 }).elements) {
    expect(e.x_mm + e.width_mm).toBeLessThanOrEqual(76)
    expect(e.y_mm + e.height_mm).toBeLessThanOrEqual(130)
    expect(Math.min(e.x_mm, e.y_mm)).toBeGreaterThanOrEqual(0)
  }
})

test('elements change places, and those at the ends stay', () => {
  const list = KINDS.map(fresh)
  expect(moved(list, 0, -1)).toEqual(list)
  expect(moved(list, 1, -1).map((e) => e.kind).slice(0, 2)).toEqual(['code128', 'text'])
  expect(moved(list, list.length - 1, 1)).toEqual(list)
})
