import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderList, OrderRow } from '@/lib/api/contract'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS } from './api'

type Flagged = Pick<OrderRow, 'id' | 'channel_order_no' | 'flag'>

/** Sets an order's flag at once, before the server answered; takes it back when it refuses, and offers to undo. */
export function useFlag(): (order: Flagged, flag: number) => void {
  const { t } = useTranslation()
  const toast = useToast()
  const client = useQueryClient()
  const show = (id: string, flag: number) =>
    client.setQueriesData<OrderList>({ queryKey: ['orders', 'list'] }, (list) => list && { ...list, items: list.items.map((row) => (row.id === id ? { ...row, flag } : row)) })
  const save = useAction({
    run: ({ id, flag }: { id: string; flag: number; before: number }, key) => api.post('/orders/{id}/flag', { flag }, { path: { id }, key }),
    invalidates: ORDER_KEYS,
    onError: (error, { id, before }) => {
      show(id, before)
      toast.bad(error)
    },
  })
  const set = (order: Flagged, flag: number) => {
    if (order.flag === flag) return
    show(order.id, flag)
    save.mutate(
      { id: order.id, flag, before: order.flag },
      { onSuccess: () => toast.ok(t('orders.flagged', { no: order.channel_order_no, flag: t(`orders.flag.${flag}`) }), () => set({ ...order, flag }, order.flag)) },
    )
  }
  return set
}
