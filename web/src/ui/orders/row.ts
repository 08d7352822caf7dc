import type { MouseEvent, ReactNode } from 'react'
import type { OrderRow } from '@/lib/api/contract'

/** What a row of the list needs, in either density. */
export interface RowProps {
  row: OrderRow
  selected: boolean
  current: boolean
  onToggle: (id: string, on: boolean, range: boolean) => void
  onCursor: (id: string) => void
  onOpen: (id: string) => void
  onHover?: (id: string) => void
  actions: (row: OrderRow) => ReactNode
}

/** A click that meant the row, not a control in it and not the end of a text selection. */
export function meansRow(event: MouseEvent): boolean {
  if (!(event.target instanceof Element) || event.target.closest('a,button,input,label')) return false
  return (window.getSelection()?.toString() ?? '') === ''
}
