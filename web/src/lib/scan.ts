// A scanner is a keyboard that types fast and ends with Enter. While a Chinese input method is on,
// a key press names no character; the key itself (event.code) still says which one it was.

const SYMBOLS: Record<string, readonly [string, string]> = {
  Backquote: ['`', '~'],
  Backslash: ['\\', '|'],
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
  Comma: [',', '<'],
  Equal: ['=', '+'],
  Minus: ['-', '_'],
  Period: ['.', '>'],
  Quote: ["'", '"'],
  Semicolon: [';', ':'],
  Slash: ['/', '?'],
  Space: [' ', ' '],
  NumpadAdd: ['+', '+'],
  NumpadDecimal: ['.', '.'],
  NumpadDivide: ['/', '/'],
  NumpadMultiply: ['*', '*'],
  NumpadSubtract: ['-', '-'],
}
const OVER_DIGITS = ')!@#$%^&*('

/** The character of a key on the layout that scanners type, "" for keys without one. */
export function charOfCode(code: string, shift: boolean): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  if (letter) return shift ? letter : letter.toLowerCase()
  const digit = /^Digit(\d)$/.exec(code)?.[1]
  if (digit) return shift ? (OVER_DIGITS[Number(digit)] ?? '') : digit
  const pad = /^Numpad(\d)$/.exec(code)?.[1]
  if (pad) return pad
  return SYMBOLS[code]?.[shift ? 1 : 0] ?? ''
}

interface Press {
  key: string
  code: string
  keyCode: number
  shiftKey: boolean
  isComposing: boolean
}

/** What a key press types, an input method or not: a character, "Enter", "Backspace", or "" for anything else. */
export function typed(e: Press): string {
  if (e.code === 'Enter' || e.code === 'NumpadEnter' || e.key === 'Enter') return 'Enter'
  if (e.code === 'Backspace' || e.key === 'Backspace') return 'Backspace'
  const composed = e.isComposing || e.keyCode === 229 || e.key === 'Process'
  if (!composed && /^[ -~]$/.test(e.key)) return e.key
  return composed || e.key.length === 1 ? charOfCode(e.code, e.shiftKey) : ''
}

/** A number of grams as scales and people write it: whole grams, or kilograms with a point or a unit; null for anything else. */
export function parseGrams(text: string): number | null {
  const m = /^(?:ST,)?[+ ]*(\d{1,6})(?:\.(\d{1,3}))?\s*(kg|g)?$/i.exec(text.trim())
  if (!m) return null
  const [, whole = '', part, unit = ''] = m
  const inKg = unit.toLowerCase() === 'kg' || (unit === '' && part !== undefined)
  if (!inKg) return part && Number(part) > 0 ? null : Number(whole)
  return Number(whole) * 1000 + Number((part ?? '').padEnd(3, '0'))
}
