import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderRow } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { FormDialog } from '@/ui/FormDialog'
import { QueryState } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS } from './api'
import css from './review.module.css'

const TONE: Record<string, Tone> = { whole: 'green', short: 'amber', refused: 'red', not_served: 'red', inactive: 'plain' }

/** From which warehouse an order leaves: every one with what it has of the order. Before approval the goods are kept there, after it the order is allocated there. */
export default function WarehouseDialog({ order, onClose }: { order: OrderRow; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [picked, setPicked] = useState('')
  const query = useQuery({ queryKey: ['orders', 'warehouses', order.id, order.version], queryFn: ({ signal }) => api.get('/orders/{id}/warehouses', { path: { id: order.id }, signal }).then((l) => l.items), gcTime: 0 })
  const here = query.data?.find((w) => w.here)
  // The best other one is proposed: whoever opens this wants to leave where the order stands.
  const chosen = query.data?.find((w) => w.warehouse_id === picked) ?? query.data?.find((w) => !w.here && w.reason === 'whole')
  const back = useAction({
    run: (warehouse_id: string, key) => api.post('/orders/{id}/warehouse', { warehouse_id }, { path: { id: order.id }, key }),
    invalidates: ORDER_KEYS,
    onSuccess: () => toast.ok(t('review.warehouse_undone')),
    onError: toast.bad,
  })
  const save = useAction({
    run: (warehouse_id: string, key) => api.post('/orders/{id}/warehouse', { warehouse_id, version: order.version }, { path: { id: order.id }, key }),
    invalidates: ORDER_KEYS,
    onSuccess: () => {
      toast.ok(t('review.warehouse_done', { name: chosen?.name }), here && here.reason === 'whole' ? () => back.mutate(here.warehouse_id) : undefined)
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('review.warehouse_title', { no: order.channel_order_no })}
      action={chosen ? t('review.warehouse_go', { name: chosen.name }) : undefined}
      valid={chosen !== undefined && !(chosen.here && chosen.reason === 'whole') && chosen.reason !== 'inactive'}
      saving={save.isPending}
      error={save.error}
      onSave={() => chosen && save.mutate(chosen.warehouse_id)}
      onClose={onClose}
    >
      <QueryState query={query}>
        {(all) => (
          <fieldset className={css.choices}>
            <legend>{t('review.warehouse_hint')}</legend>
            {all.map((w) => (
              <label key={w.warehouse_id} className={css.choice}>
                <input type="radio" name="warehouse" value={w.warehouse_id} checked={chosen === w} disabled={w.reason === 'inactive'} onChange={() => setPicked(w.warehouse_id)} />
                <span>{w.name}</span>
                {w.here ? <Tag tone="blue">{t('review.stands_here')}</Tag> : null}
                {isId(w.supplier_id) ? <Tag>{t('review.by_supplier')}</Tag> : null}
                <span className={css.right}>
                  <Tag tone={TONE[w.reason] ?? 'plain'}>{t(`review.warehouse_why.${w.reason}`, { has: w.has, wanted: w.wanted })}</Tag>
                </span>
              </label>
            ))}
          </fieldset>
        )}
      </QueryState>
    </FormDialog>
  )
}
