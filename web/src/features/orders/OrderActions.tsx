import { useTranslation } from 'react-i18next'
import type { OrderRow } from '@/lib/api/contract'
import { mainAction, type BulkAction } from './bulk'
import { useOffers } from './rights'

interface OrderActionsProps {
  row: OrderRow
  onAct: (action: BulkAction, row: OrderRow) => void
  onShip: (row: OrderRow) => void
  onNote: (row: OrderRow) => void
  onOpen: (id: string) => void
}

/** At most three steps of one order: the next legal one, its note, its details. */
export function OrderActions({ row, onAct, onShip, onNote, onOpen }: OrderActionsProps) {
  const { t } = useTranslation()
  const offers = useOffers()
  const main = mainAction(row, offers)
  return (
    <>
      {main ? (
        <button type="button" data-main onClick={() => (main === 'ship' ? onShip(row) : onAct(main, row))}>
          {t(`orders.action.${main}`)}
        </button>
      ) : null}
      {offers(row, 'note') ? (
        <button type="button" onClick={() => onNote(row)}>
          {t('orders.action.note')}
        </button>
      ) : null}
      <button type="button" onClick={() => onOpen(row.id)}>
        {t('orders.details')}
      </button>
    </>
  )
}
