import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { FulfillmentOrder, OrderRow } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { FormDialog } from '@/ui/FormDialog'
import { ErrorBox, Skeleton } from '@/ui/States'
import { EDIT_KEYS, fulfillmentQuery } from './api'
import { SplitDialog } from './SplitDialog'

interface SplitOrderProps {
  order: OrderRow
  /** It is not approved yet, and this reader may do that. */
  mayApprove: boolean
  onApproved: () => void
  onClose: () => void
}

/** Splits an order from the review queue. What is not allocated yet is approved and allocated first, since parcels are cut from what a warehouse ships. */
export function SplitOrder({ order, mayApprove, onApproved, onClose }: SplitOrderProps) {
  const { t } = useTranslation()
  const can = useCan()
  const query = useQuery({ ...fulfillmentQuery(order.id), staleTime: 0 })
  const pieces = order.lines.reduce((n, l) => n + (l.quantity ?? 0), 0)
  const free = query.data?.find(splittable)
  if (free) return <SplitDialog f={free} onClose={onClose} />
  if (mayApprove && can('fulfillment.allocate') && pieces > 1 && query.data) return <First order={order} onApproved={onApproved} onClose={onClose} />
  return (
    <Modal
      open
      title={t('fulfill.split.title')}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      {query.error ? <ErrorBox error={query.error} onRetry={() => void query.refetch()} /> : query.data ? <p>{pieces > 1 ? t('fulfill.split.not_now') : t('fulfill.split.one_piece')}</p> : <Skeleton rows={2} />}
    </Modal>
  )
}

function splittable(f: FulfillmentOrder): boolean {
  return f.state === 'open' && f.sealed === '' && !f.lines.some((l) => l.shipped > 0) && f.lines.reduce((n, l) => n + l.quantity, 0) > 1
}

function First({ order, onApproved, onClose }: Omit<SplitOrderProps, 'mayApprove'>) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [left, setLeft] = useState('')
  const approve = useAction({
    run: (version: number, key) => api.post('/orders/{id}/approve', { version }, { path: { id: order.id }, key }),
  })
  const allocate = useAction({
    run: (id: string, key) => api.post('/fulfillment-orders/allocate', { order_ids: [id], dry_run: false }, { key }),
    invalidates: EDIT_KEYS,
    onSuccess: (out) => setLeft(out.failed[0]?.message ?? ''),
  })
  const go = () => {
    if (approve.isSuccess) return allocate.mutate(order.id)
    approve.mutate(order.version, {
      onSuccess: () => {
        onApproved()
        allocate.mutate(order.id, { onError: () => void client.invalidateQueries({ queryKey: ['orders'] }) })
      },
    })
  }
  return (
    <FormDialog
      title={t('fulfill.split.title')}
      action={approve.isSuccess ? t('fulfill.split.allocate_first') : t('fulfill.split.approve_first')}
      valid
      saving={approve.isPending || allocate.isPending}
      error={approve.error ?? allocate.error}
      onSave={go}
      onClose={onClose}
    >
      <p>{t('fulfill.split.first_hint', { no: order.channel_order_no })}</p>
      {left ? <p role="alert">{left}</p> : null}
    </FormDialog>
  )
}
