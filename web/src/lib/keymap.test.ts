import { expect, test } from 'vitest'
import { KEY, keyText, SHEET } from './keymap'

const sources = Object.entries(import.meta.glob<string>(['../{features,ui}/**/*.{ts,tsx}', '!../**/*.test.tsx'], { query: '?raw', import: 'default', eager: true }))

test('each command of the sheet is bound by a page', () => {
  expect(sources.length).toBeGreaterThan(50)
  for (const name of Object.keys(KEY).filter((n) => n !== 'flag')) {
    expect(sources.some(([, code]) => new RegExp(`keys: KEY\\.${name}\\b`).test(code)), name).toBe(true)
  }
  expect(sources.some(([, code]) => code.includes('FLAG_KEYS.map'))).toBe(true)
})

test('no page binds keys that the sheet does not know', () => {
  for (const [file, code] of sources) expect([...code.matchAll(/\bkeys: ['"`]([^'"`]*)/g)].map((m) => m[1]), file).toEqual([])
})

test('each command stands on the sheet', () => {
  const shown = SHEET.flatMap((part) => part.rows.flatMap(([keys]) => [...keys] as string[]))
  for (const keys of Object.values(KEY)) expect(shown.some((s) => s === keys || s.startsWith(`${keys} `)), keys).toBe(true)
})

test('keys are shown as people read them', () => {
  expect([KEY.palette, KEY.range, KEY.close, KEY.go_orders].map(keyText)).toEqual(['Ctrl K', 'Shift x', 'Esc', 'g o'])
})
