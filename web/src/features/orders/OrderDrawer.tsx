import { DownOutlined, ExportOutlined, UpOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { OrderRow } from '@/lib/api/contract'
import { CopyButton } from '@/ui/Copyable'
import { Drawer } from '@/ui/Drawer'
import { QueryState } from '@/ui/States'
import { ChannelBadge } from '@/ui/Tag'
import { orderQuery } from './api'
import { mainAction, type BulkAction } from './bulk'
import { useDrawerKeys } from './DrawerKeys'
import { OrderDetailBody } from './OrderDetailBody'
import { useOffers } from './rights'

interface OrderDrawerProps {
  id: string
  onClose: () => void
  /** Moves to the next (1) or previous (-1) order of the list. */
  onStep: (by: number) => void
  onAct: (action: BulkAction, id: string) => void
  onShip: (order: OrderRow) => void
}

/** The detail beside the list: J and K walk through the orders, Esc closes. */
export default function OrderDrawer({ id, onClose, onStep, onAct, onShip }: OrderDrawerProps) {
  const { t } = useTranslation()
  const query = useQuery({ ...orderQuery(id), placeholderData: undefined })
  const order = query.data
  const offers = useOffers()
  const main = order ? mainAction(order, offers) : undefined
  useDrawerKeys(onStep)
  return (
    <Drawer
      label={t('orders.detail_label')}
      onClose={onClose}
      title={
        order ? (
          <>
            <ChannelBadge channel={order.channel} />
            <span>{order.channel_order_no}</span>
            <CopyButton text={order.channel_order_no} label={t('orders.copy_no')} />
            <Link to="/orders/$id" params={{ id }} aria-label={t('orders.open_page')} title={t('orders.open_page')}>
              <ExportOutlined />
            </Link>
          </>
        ) : null
      }
      actions={
        <>
          <Button icon={<UpOutlined />} aria-label={t('orders.previous')} title={`${t('orders.previous')} (K)`} onClick={() => onStep(-1)} />
          <Button icon={<DownOutlined />} aria-label={t('orders.next')} title={`${t('orders.next')} (J)`} onClick={() => onStep(1)} />
          {order && main ? (
            <Button type="primary" onClick={() => (main === 'ship' ? onShip(order) : onAct(main, id))}>
              {t(`orders.action.${main}`)}
            </Button>
          ) : null}
        </>
      }
    >
      <QueryState query={query} skeletonRows={10}>
        {(data) => <OrderDetailBody order={data} onAct={(action) => onAct(action, id)} />}
      </QueryState>
    </Drawer>
  )
}
