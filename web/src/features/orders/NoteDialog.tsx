import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import type { OrderRow } from '@/lib/api/contract'
import { focusFirstField } from '@/lib/focus'
import { NoteForm } from './NoteEditor'
import css from './orders.module.css'

/** The seller's note of one order, over the list. */
export default function NoteDialog({ order, onClose }: { order: Pick<OrderRow, 'id' | 'channel_order_no' | 'seller_note' | 'buyer_note' | 'version' | 'allowed_actions'>; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal open title={t('orders.note_title', { no: order.channel_order_no })} footer={null} onCancel={onClose} afterOpenChange={focusFirstField} width={480}>
      {order.buyer_note ? <p className={css.muted}>{t('orders.buyer_note_is', { note: order.buyer_note })}</p> : null}
      <NoteForm order={order} onDone={onClose} />
    </Modal>
  )
}
