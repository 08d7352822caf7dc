import { Fragment, type Key, type ReactNode } from 'react'
import css from './DataTable.module.css'

export interface Column<Row> {
  key: string
  title: ReactNode
  render: (row: Row) => ReactNode
  align?: 'left' | 'right' | 'center'
  width?: number | string
}

interface DataTableProps<Row> {
  /** Read aloud as the name of the table. */
  label: string
  columns: Column<Row>[]
  rows: Row[]
  rowKey: (row: Row) => Key
  /** Shown in place of rows. */
  empty?: ReactNode
  onRowClick?: (row: Row) => void
  rowTone?: (row: Row) => 'bad' | 'warn' | undefined
  /** Below a row, as wide as the table; nothing where there is nothing. */
  below?: (row: Row) => ReactNode
}

/** A plain table for lists of moderate length. */
export function DataTable<Row>({ label, columns, rows, rowKey, empty, onRowClick, rowTone, below }: DataTableProps<Row>) {
  if (rows.length === 0 && empty) return empty
  return (
    <table className={css.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map((c) => (
            <th key={c.key} scope="col" style={{ textAlign: c.align, width: c.width }}>
              {c.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const tone = rowTone?.(row)
          const more = below?.(row)
          return (
            <Fragment key={rowKey(row)}>
              <tr className={`${tone ? css[tone] : ''} ${onRowClick ? css.clickable : ''}`} onClick={onRowClick ? () => onRowClick(row) : undefined}>
                {columns.map((c) => (
                  <td key={c.key} style={{ textAlign: c.align }}>
                    {c.render(row)}
                  </td>
                ))}
              </tr>
              {more ? (
                <tr>
                  <td colSpan={columns.length}>{more}</td>
                </tr>
              ) : null}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}
