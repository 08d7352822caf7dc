import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderDetail, Parcel } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { defined } from '@/lib/defined'
import { carriersQuery, channelsQuery, nameOf, useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { EffectTable } from '@/ui/effects/EffectTable'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS } from './api'
import css from './orders.module.css'
import { useOffers } from './rights'

/** The buyer asks for another address and waits for an answer. */
const ADDRESS_WISH = 'address_change_requested'
const STALE = [...ORDER_KEYS, ['effects'], ['sync']]

/** What may be asked of an order's channel: nothing where its shop is read by file. */
export function useChannelCan(order: Pick<OrderDetail, 'shop_id' | 'channel'>): (capability: string) => boolean {
  const shop = useShops().find((s) => s.id === order.shop_id)
  const channel = useQuery(channelsQuery).data?.find((c) => c.code === order.channel)
  return (capability) => shop?.mode === 'api' && (channel?.capabilities.includes(capability) ?? false)
}

/** What this order's channel was told, with retry, and what can be asked of it. Absent where the shop is read by file. */
export function ChannelPanel({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const shop = useShops().find((s) => s.id === order.shop_id)
  const channelCan = useChannelCan(order)
  const offers = useOffers()
  const [asking, setAsking] = useState(false)
  const online = shop?.mode === 'api'
  const { data, error } = useQuery({
    queryKey: ['effects', 'order', order.id],
    queryFn: ({ signal }) => api.get('/channel-effects', { query: { order_id: order.id, limit: 50 }, signal }).then((l) => l.items),
    enabled: online && can('channel.read'),
  })
  if (!online) return null
  const mayAsk = offers(order, 'request-address')
  return (
    <section>
      <h3>{t('orders.told')}</h3>
      {order.channel_flags.includes(ADDRESS_WISH) && channelCan('answer_address') && can('order.edit_address') ? <Wish order={order} /> : null}
      {error ? <ErrorBox error={error} /> : null}
      {data ? <EffectTable label={t('orders.told')} rows={data} without={['shop', 'order']} empty={<p className={css.muted}>{t('orders.told_nothing')}</p>} /> : null}
      {mayAsk ? (
        <div className={css.rowButtons}>
          <Button onClick={() => setAsking(true)}>{t('orders.ask_address')}</Button>
        </div>
      ) : null}
      {asking ? <AddressDialog order={order} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

/** The buyer's wish for another address: yes, or no with a reason. */
function Wish({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [reason, setReason] = useState('')
  const [refusing, setRefusing] = useState(false)
  const answer = useAction({
    run: (body: { accept: boolean; reason?: string }, key) => api.post('/orders/{id}/address-answer', body, { path: { id: order.id }, key }),
    invalidates: STALE,
    onSuccess: () => {
      setRefusing(false)
      toast.ok(t('orders.wish_answered'))
    },
  })
  return (
    <div className={css.blockers}>
      <strong>{t('orders.wish')}</strong>
      <div className={css.rowButtons}>
        {refusing ? (
          <>
            <Input style={{ width: 260 }} autoFocus maxLength={200} placeholder={t('orders.wish_reason')} aria-label={t('orders.wish_reason')} value={reason} onChange={(e) => setReason(e.target.value)} />
            <Button danger disabled={!reason.trim()} loading={answer.isPending} onClick={() => answer.mutate({ accept: false, reason: reason.trim() })}>
              {t('orders.wish_refuse')}
            </Button>
            <Button onClick={() => setRefusing(false)}>{t('common.cancel')}</Button>
          </>
        ) : (
          <>
            <Button type="primary" loading={answer.isPending} onClick={() => answer.mutate({ accept: true })}>
              {t('orders.wish_accept')}
            </Button>
            <Button onClick={() => setRefusing(true)}>{t('orders.wish_refuse')}</Button>
          </>
        )}
      </div>
      {answer.error ? <ErrorBox error={answer.error} /> : null}
    </div>
  )
}

const ADDRESS = ['name', 'phone', 'province', 'city', 'district', 'town', 'detail'] as const
const OPTIONAL = ['district', 'town']

function AddressDialog({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [draft, setDraft] = useState<Record<string, string>>({ province: order.province, city: order.city, district: order.district })
  const save = useAction({
    run: (body: object, key) => api.post('/orders/{id}/address-request', body, { path: { id: order.id }, key }),
    invalidates: STALE,
    onSuccess: () => {
      toast.ok(t('orders.address_asked'))
      onClose()
    },
  })
  const valid = ADDRESS.every((key) => OPTIONAL.includes(key) || draft[key]?.trim())
  return (
    <Modal
      open
      title={t('orders.ask_address')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={!valid} loading={save.isPending} onClick={() => save.mutate(defined({ ...draft, district: draft.district ?? '', town: draft.town?.trim() || undefined }))}>
            {t('orders.ask_address_send')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p className={css.muted}>{t('orders.ask_address_hint')}</p>
        {ADDRESS.map((key) => (
          <label key={key} className={css.field}>
            <span>{t(`orders.address.${key}`)}</span>
            <Input value={draft[key] ?? ''} onChange={(e) => setDraft({ ...draft, [key]: e.target.value })} />
          </label>
        ))}
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}

/** Corrects a parcel's waybill number; the channel is told where it can be. */
export function WaybillDialog({ parcel, tells, onClose }: { parcel: Parcel; tells: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const carriers = useQuery(carriersQuery).data ?? []
  const [carrier, setCarrier] = useState<string | undefined>(parcel.carrier || undefined)
  const [no, setNo] = useState('')
  const save = useAction({
    run: (body: object, key) => api.post('/parcels/{id}/change-waybill', body, { path: { id: parcel.id }, key }),
    invalidates: STALE,
    onSuccess: () => {
      toast.ok(t('orders.waybill_changed'))
      onClose()
    },
  })
  // A number that only looks wrong may be taken after a second look.
  const doubtful = save.error instanceof ApiError && save.error.code.startsWith('fulfillment.bad_waybill')
  const submit = () => save.mutate(defined({ carrier, waybill_no: no.trim(), confirm_waybill: doubtful || undefined }))
  return (
    <Modal
      open
      title={t('orders.change_waybill')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={!no.trim() || no.trim() === parcel.waybill_no} loading={save.isPending} onClick={submit}>
            {doubtful ? t('orders.waybill_anyway', { no: no.trim() }) : t('common.save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p className={css.muted}>{tells ? t('orders.change_waybill_tells', { no: parcel.waybill_no }) : t('orders.change_waybill_only_here', { no: parcel.waybill_no })}</p>
        <div className={css.field}>
          <span>{t('orders.carrier')}</span>
          <Select showSearch={{ optionFilterProp: 'label' }} aria-label={t('orders.carrier')} value={carrier} options={carriers.map((c) => ({ value: c.code, label: nameOf(c) }))} onChange={setCarrier} />
        </div>
        <label className={css.field}>
          <span>{t('orders.new_waybill')}</span>
          <Input autoFocus maxLength={80} value={no} onChange={(e) => setNo(e.target.value)} onPressEnter={() => no.trim() && submit()} />
        </label>
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}
