import { createContext, type ComponentType } from 'react'
import type { OrderDetail, OrderRow } from '@/lib/api/contract'

type Part = ComponentType<{ order: OrderDetail }>

/** Cuts an order into parcels: asks what has to come first, then how. */
type SplitPart = ComponentType<{ order: OrderRow; mayApprove: boolean; onApproved: () => void; onClose: () => void }>

/** A new order that makes good for another one. */
interface NewFollowUp {
  kind: 'reship' | 'exchange'
  onKind: (kind: 'manual' | 'reship' | 'exchange') => void
  onClose: () => void
  onMade: (id: string) => void
}

/** Parts of an order's detail that other features draw; the pages bring them. */
export const OrderExtras = createContext<{ Why?: Part; Fulfillment?: Part; Split?: SplitPart; FollowUps?: Part; NewFollowUp?: ComponentType<NewFollowUp> }>({})
