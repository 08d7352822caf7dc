import { createContext, type ComponentType } from 'react'
import type { OrderDetail } from '@/lib/api/contract'

type Part = ComponentType<{ order: OrderDetail }>

/** Parts of an order's detail that other features draw; the pages bring them. */
export const OrderExtras = createContext<{ Why?: Part; Fulfillment?: Part }>({})
