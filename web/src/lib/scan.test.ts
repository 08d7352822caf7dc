import { expect, it } from 'vitest'
import { charOfCode, parseGrams, typed } from './scan'

const press = (over: Partial<Parameters<typeof typed>[0]>) => ({ key: '', code: '', keyCode: 0, shiftKey: false, isComposing: false, ...over })

it('reads a scanner beneath a Chinese input method', () => {
  const keys: [string, boolean][] = [
    ['KeyY', true],
    ['KeyT', true],
    ['Digit2', false],
    ['Numpad6', false],
    ['Minus', false],
    ['Slash', true],
  ]
  expect(keys.map(([code, shiftKey]) => typed(press({ key: 'Process', keyCode: 229, code, shiftKey }))).join('')).toBe('YT26-?')
  expect(typed(press({ key: 'Process', keyCode: 229, code: 'Enter', isComposing: true }))).toBe('Enter')
})

it('takes a plain key as it is, full-width ones by their key, and leaves the rest alone', () => {
  expect(typed(press({ key: 'a', code: 'KeyQ' }))).toBe('a')
  expect(typed(press({ key: '\uff21', code: 'KeyA', shiftKey: true }))).toBe('A')
  expect(typed(press({ key: 'F2', code: 'F2' }))).toBe('')
  expect(typed(press({ key: 'Shift', code: 'ShiftLeft' }))).toBe('')
  expect(typed(press({ key: 'Unidentified', code: '', keyCode: 229 }))).toBe('')
  expect(charOfCode('Digit0', true)).toBe(')')
})

it('reads weights as scales write them', () => {
  expect(['750', '0.75', '0.752kg', '1.2 KG', '1200g', 'ST,+  0.5kg', '12.000 g'].map(parseGrams)).toEqual([750, 750, 752, 1200, 1200, 500, 12])
  expect(['', 'YT2600000000007', '12.5g', '1234567', '-3', '1,2'].map(parseGrams)).toEqual([null, null, null, null, null, null])
})
