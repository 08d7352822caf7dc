import type { ReviewField } from '@/lib/api/contract'

/** One comparison as the form holds it. */
export interface Comparison {
  field: string
  op: string
  value: string
}

/** A condition that the form can show: comparisons of which all or any must hold. */
export interface Simple {
  every: boolean
  list: Comparison[]
}

type Node = { all?: Node[]; any?: Node[]; not?: Node; field?: string; op?: string; value?: unknown }

const show = (value: unknown) => (Array.isArray(value) ? value.join(', ') : value == null ? '' : String(value))

function comparison(node: Node): Comparison | null {
  return node.field && node.op ? { field: node.field, op: node.op, value: show(node.value) } : null
}

/** Reads a stored condition; null when it is nested and the form cannot show it. */
export function readCondition(stored: unknown): Simple | null {
  const node = (stored ?? {}) as Node
  if (Object.keys(node).length === 0) return { every: true, list: [] }
  const one = comparison(node)
  if (one) return { every: true, list: [one] }
  const list = (node.all ?? node.any ?? []).map(comparison)
  if (node.not || list.length === 0 || list.some((c) => c === null)) return null
  return { every: Boolean(node.all), list: list as Comparison[] }
}

const MANY = new Set(['in', 'not_in', 'contains_any', 'has_any', 'has_all', 'has_none', 'only', 'between'])
/** Stands between the values of a list that a person types. */
export const MANY_APART = /[,\uff0c\u3001]/

export const takesMany = (op: string) => MANY.has(op)
export const takesNone = (op: string) => op === 'empty' || op === 'not_empty'

function stored(c: Comparison, fields: readonly ReviewField[]): Node {
  const kind = fields.find((f) => f.name === c.field)?.kind
  const one = (text: string) => (kind === 'number' ? Number(text.trim()) : text.trim())
  if (takesNone(c.op)) return { field: c.field, op: c.op }
  if (kind === 'bool') return { field: c.field, op: c.op, value: c.value !== 'false' }
  if (takesMany(c.op)) {
    const parts = c.value.split(MANY_APART).filter((part) => part.trim() !== '')
    return { field: c.field, op: c.op, value: parts.map(one) }
  }
  return { field: c.field, op: c.op, value: one(c.value) }
}

/** Writes what the form holds as the server keeps it. */
export function writeCondition(simple: Simple, fields: readonly ReviewField[]): object {
  const list = simple.list.map((c) => stored(c, fields))
  if (list.length === 0) return {}
  if (list.length === 1 && list[0]) return list[0]
  return simple.every ? { all: list } : { any: list }
}

/** Whether every comparison has what it needs. */
export function wholeCondition(simple: Simple, fields: readonly ReviewField[]): boolean {
  return simple.list.every((c) => {
    const kind = fields.find((f) => f.name === c.field)?.kind
    if (!kind || !c.op) return false
    if (takesNone(c.op) || kind === 'bool') return true
    const parts = takesMany(c.op) ? c.value.split(MANY_APART).filter((part) => part.trim() !== '') : [c.value]
    if (parts.length === 0) return false
    return parts.every((part) => part.trim() !== '' && (kind !== 'number' || Number.isInteger(Number(part.trim()))))
  })
}
