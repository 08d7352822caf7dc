import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderDetail, Revealed } from '@/lib/api/contract'
import { copyText } from '@/lib/clipboard'
import { useToast } from '@/ui/Toast'
import css from './orders.module.css'
import { useOffers } from './rights'

/** Plain data is covered again after this time, in milliseconds. */
const COVER_MS = 60_000

/** Receiver in one line, as carriers' forms take it: name, phone, region in one word, street. */
export function receiverLine(data: Partial<Revealed>, order: Pick<OrderDetail, 'province' | 'city' | 'district'>): string {
  const region = [data.province || order.province, data.city || order.city, data.district || order.district]
  // Province and city of the four municipalities carry one name.
  const once = region.filter((part, i) => part && part !== region[i - 1]).join('')
  return [data.name, data.phone, once, data.address].filter(Boolean).join(' ')
}

/** The receiver, masked. Revealing is one click, written to the audit log, and covered again after a minute. */
export function Receiver({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const toast = useToast()
  const offers = useOffers()
  const [plain, setPlain] = useState<{ id: string; data: Revealed } | null>(null)
  const reveal = useAction({
    run: (body: { fields: ('name' | 'phone' | 'address')[]; reason: string }, key) => api.post('/orders/{id}/reveal', body, { path: { id: order.id }, key }),
    onSuccess: (data) => setPlain({ id: order.id, data }),
    onError: toast.bad,
  })
  useEffect(() => {
    if (!plain) return
    const timer = setTimeout(() => setPlain(null), COVER_MS)
    return () => clearTimeout(timer)
  }, [plain])
  const shown = plain?.id === order.id ? plain.data : null
  const region = [order.province, order.city, order.district].filter(Boolean).join(' ')
  const ask = (reason: string) => reveal.mutateAsync({ fields: ['name', 'phone', 'address'], reason })
  const copy = async () => {
    const data = shown ?? (await ask('copy').catch(() => null))
    if (!data) return
    if (await copyText(receiverLine(data, order))) toast.ok(t('orders.receiver_copied'))
    else toast.ok(t('orders.copy_by_hand'))
  }
  return (
    <>
      <dt>{t('orders.receiver')}</dt>
      <dd>
        {shown ? [shown.name, shown.phone].filter(Boolean).join(' ') : order.receiver_masked || '\u2013'}
        <div>
          {region} {shown?.address}
        </div>
        {order.receiver_kind === 'masked' || order.receiver_kind === 'sealed' ? <div className={css.muted}>{t(`orders.receiver_kind.${order.receiver_kind}`)}</div> : null}
        {order.receiver_kind !== 'none' && offers(order, 'reveal') ? (
          <div className={css.rowButtons}>
            {shown ? (
              <Button onClick={() => setPlain(null)}>{t('orders.cover')}</Button>
            ) : (
              <Button loading={reveal.isPending} onClick={() => void ask('view').catch(() => undefined)}>
                {t('orders.reveal')}
              </Button>
            )}
            <Button disabled={reveal.isPending} onClick={() => void copy()}>
              {t('orders.copy_receiver')}
            </Button>
          </div>
        ) : null}
      </dd>
    </>
  )
}
