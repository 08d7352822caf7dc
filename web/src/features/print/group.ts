import type { Waiting } from './queries'

/** Parcels of the same goods that follow each other: packed as one. */
export interface Stack {
  key: string
  rows: Waiting[]
}

/** What goes with one carrier from one warehouse. */
export interface Group {
  key: string
  carrier: string
  warehouseId: string
  count: number
  stacks: Stack[]
}

/** Puts rows that come in the order of printing into groups and stacks; the order stays. */
export function grouped(rows: readonly Waiting[]): Group[] {
  const out: Group[] = []
  for (const row of rows) {
    const key = `${row.carrier} ${row.warehouse_id}`
    let group = out.at(-1)
    if (group?.key !== key) {
      group = { key, carrier: row.carrier, warehouseId: row.warehouse_id, count: 0, stacks: [] }
      out.push(group)
    }
    group.count++
    const stack = group.stacks.at(-1)
    if (stack?.rows[0]?.stack === row.stack) stack.rows.push(row)
    else group.stacks.push({ key: row.id, rows: [row] })
  }
  return out
}

/** May be given to paper as it stands, or once its number is there. */
export function printable(row: Pick<Waiting, 'error' | 'presale_at'>, now: number): boolean {
  return !row.error && !(row.presale_at && Date.parse(row.presale_at) > now)
}

/** Numbers of labels as ranges people read: 1-3, 5. */
export function ranges(numbers: readonly number[]): string {
  const out: string[] = []
  let from = 0
  let last = -1
  for (const n of [...numbers, Number.NaN]) {
    if (n === last + 1) {
      last = n
      continue
    }
    if (last >= 0) out.push(from === last ? String(from) : `${from}\u2013${last}`)
    from = n
    last = n
  }
  return out.join(', ')
}

export const COUNTS_UP_TO = 2000
