import { expect, test } from 'vitest'
import { prettyRaw } from './raw'

test('a body is broken into lines without touching what it says', () => {
  const raw = '{"no":4700001000000000101,"a":[1.10,{"t":"x{,:]\\"y"}],"e":{},"f":[ ]}'
  const shown = prettyRaw(raw)
  expect(shown).toContain('4700001000000000101')
  expect(shown).toContain('1.10')
  expect(shown).toContain('"x{,:]\\"y"')
  expect(shown.split('\n').length).toBeGreaterThan(6)
  expect(JSON.parse(shown)).toEqual(JSON.parse(raw))
})

test('what is no JSON, or only begins like it, is shown as it came', () => {
  expect(prettyRaw('<xml>1</xml>')).toBe('<xml>1</xml>')
  expect(prettyRaw('')).toBe('')
  expect(prettyRaw('{"cut": "of').replaceAll(/\s/g, '')).toBe('{"cut":"of')
})
