import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderRow } from '@/lib/api/contract'
import { focusFirstField } from '@/lib/focus'
import { isId } from '@/lib/id'
import { carriersQuery, nameOf, useWarehouses } from '@/lib/lookups'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { defined } from '@/lib/defined'
import { ORDER_KEYS } from './api'
import css from './orders.module.css'

/** Ships one order: carrier and waybill number. Data that grew too old asks for a reason. */
export default function ShipDialog({ order, onClose }: { order: Pick<OrderRow, 'id' | 'channel_order_no' | 'warehouse_id' | 'receiver_masked'>; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const carriers = useQuery(carriersQuery).data ?? []
  const warehouses = useWarehouses()
  const [carrier, setCarrier] = useState<string>()
  const [waybill, setWaybill] = useState('')
  const [warehouse, setWarehouse] = useState(isId(order.warehouse_id) ? order.warehouse_id : undefined)
  const [reason, setReason] = useState('')
  const [confirm, setConfirm] = useState(false)
  const ship = useAction({
    run: (body: object, key) => api.post('/parcels', body, { key }),
    invalidates: ORDER_KEYS,
    onSuccess: (parcel) => {
      toast.ok(parcel.warning?.message ?? (parcel.unchanged ? t('orders.shipped_before', { no: order.channel_order_no }) : t('orders.shipped_ok', { no: order.channel_order_no })))
      onClose()
    },
  })
  const old = ship.error?.code === 'fulfillment.stale_data'
  // The server may not recognise the number; then a person says that it is right.
  const odd = ship.error?.code.startsWith('fulfillment.bad_waybill') || confirm
  const go = () => ship.mutate(defined({ order_id: order.id, warehouse_id: warehouse, carrier, waybill_no: waybill.trim(), stale_reason: reason.trim() || undefined, confirm_waybill: confirm || undefined }))
  return (
    <Modal
      open
      title={t('orders.ship_title', { no: order.channel_order_no })}
      onCancel={onClose}
      afterOpenChange={focusFirstField}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={!waybill.trim()} loading={ship.isPending} onClick={go}>
            {t('orders.action.ship')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p className={css.muted}>{order.receiver_masked}</p>
        <label className={css.field}>
          <span>{t('orders.waybill_no')}</span>
          <Input value={waybill} aria-label={t('orders.waybill_no')} onChange={(e) => setWaybill(e.target.value)} onPressEnter={() => waybill.trim() && go()} />
        </label>
        <label className={css.field}>
          <span>{t('orders.carrier')}</span>
          <Select allowClear placeholder={t('orders.carrier_by_no')} showSearch={{ optionFilterProp: 'label' }} aria-label={t('orders.carrier')} value={carrier} options={carriers.map((c) => ({ value: c.code, label: nameOf(c) }))} onChange={setCarrier} />
        </label>
        {warehouses.length > 1 ? (
          <label className={css.field}>
            <span>{t('orders.warehouse')}</span>
            <Select allowClear aria-label={t('orders.warehouse')} value={warehouse} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={setWarehouse} />
          </label>
        ) : null}
        {ship.error ? <ErrorBox error={ship.error} /> : null}
        {odd ? (
          <label>
            <input type="checkbox" checked={confirm} onChange={(e) => setConfirm(e.target.checked)} /> {t('orders.confirm_waybill')}
          </label>
        ) : null}
        {old || reason ? (
          <label className={css.field}>
            <span>{t('orders.stale_reason')}</span>
            <Input value={reason} aria-label={t('orders.stale_reason')} onChange={(e) => setReason(e.target.value)} />
          </label>
        ) : null}
      </div>
    </Modal>
  )
}
