/**
 * Query strings of pages: plain names, lists as repeated names. Values stay
 * strings; the router's own codec would read an order number as a JavaScript
 * number and lose its last digits.
 */
export type Search = Record<string, string | string[] | undefined>

export function parseSearch(query: string): Search {
  const out: Search = {}
  for (const [name, value] of new URLSearchParams(query)) {
    const before = out[name]
    out[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return out
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '' && one !== false) params.append(name, String(one))
    }
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** The one value of a name, undefined when absent or empty. */
export function one(value: unknown): string | undefined {
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first !== '' ? first : undefined
}

/** All values of a name, undefined when there is none. */
export function many(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string' && v !== '')
  return all.length > 0 ? all : undefined
}

/** One of the allowed words, else undefined: a mistyped URL falls back to the default view. */
export function word<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((a) => a === one(value))
}

/** "1" or "true" is true, anything else is absent. */
export function flag(value: unknown): true | undefined {
  const text = one(value)
  return text === '1' || text === 'true' || value === true ? true : undefined
}
