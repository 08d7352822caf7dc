/** Most numbers one search accepts; the server refuses more. */
export const MAX_NUMBERS = 500

export interface PastedNumbers {
  numbers: string[]
  /** How many distinct numbers were cut off beyond MAX_NUMBERS. */
  dropped: number
}

/**
 * Reads what people paste from sheets and chats: numbers apart by line breaks,
 * blanks, tabs, ASCII or full-width commas, semicolons and enumeration commas.
 * Keeps the first of equal ones, in the order given; strips the quote that Excel shows before text.
 */
export function parseNumbers(text: string): PastedNumbers {
  const seen = new Set<string>()
  for (const part of text.split(/[\s,;\uff0c\u3001\uff1b\u3000\ufeff]+/u)) {
    const number = part.replace(/^['"\u2018\u2019]+|['"\u2018\u2019]+$/gu, '')
    if (number !== '') seen.add(number)
  }
  const all = [...seen]
  return { numbers: all.slice(0, MAX_NUMBERS), dropped: Math.max(0, all.length - MAX_NUMBERS) }
}
