import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OrderRow } from '@/lib/api/contract'
import { CopyButton } from '@/ui/Copyable'
import { Page, Panel } from '@/ui/Page'
import { QueryState } from '@/ui/States'
import { ChannelBadge } from '@/ui/Tag'
import { orderQuery } from './api'
import { mainAction, type BulkAction } from './bulk'
import { useOrderKeys } from './keys'
import { OrderDetailBody } from './OrderDetailBody'
import { useOffers } from './rights'

const BulkDialog = lazy(() => import('./BulkDialog'))
const NoteDialog = lazy(() => import('./NoteDialog'))
const ShipDialog = lazy(() => import('./ShipDialog'))

/** One order on a page of its own, the same body as the drawer. */
export function OrderPage({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery({ ...orderQuery(id), placeholderData: undefined })
  const [action, setAction] = useState<BulkAction | null>(null)
  const [shipping, setShipping] = useState<OrderRow | null>(null)
  const [noting, setNoting] = useState<OrderRow | null>(null)
  const order = query.data
  const offers = useOffers()
  const main = order ? mainAction(order, offers) : undefined
  useOrderKeys(() => order, { onShip: setShipping, onNote: setNoting })
  return (
    <Page
      title={order ? t('orders.page_title', { no: order.channel_order_no }) : t('orders.detail_label')}
      hint={
        order ? (
          <>
            <ChannelBadge channel={order.channel} /> {order.shop_name} <CopyButton text={order.channel_order_no} label={t('orders.copy_no')} />
          </>
        ) : null
      }
      actions={
        order && main ? (
          <Button type="primary" onClick={() => (main === 'ship' ? setShipping(order) : setAction(main))}>
            {t(`orders.action.${main}`)}
          </Button>
        ) : null
      }
    >
      <Panel>
        <QueryState query={query} skeletonRows={12}>
          {(data) => <OrderDetailBody order={data} onAct={setAction} />}
        </QueryState>
      </Panel>
      <Suspense fallback={null}>
        {action ? <BulkDialog action={action} target={{ ids: [id] }} onClose={() => setAction(null)} /> : null}
        {noting ? <NoteDialog order={noting} onClose={() => setNoting(null)} /> : null}
        {shipping ? <ShipDialog order={shipping} onClose={() => setShipping(null)} /> : null}
      </Suspense>
    </Page>
  )
}
