import { useTranslation } from 'react-i18next'
import type { OrderRow } from '@/lib/api/contract'
import { mainAction, type BulkAction } from './bulk'

interface OrderActionsProps {
  row: OrderRow
  onAct: (action: BulkAction, row: OrderRow) => void
  onShip: (row: OrderRow) => void
  onOpen: (id: string) => void
}

/** At most three steps of one order: the next legal one, its note, its details. */
export function OrderActions({ row, onAct, onShip, onOpen }: OrderActionsProps) {
  const { t } = useTranslation()
  const main = mainAction(row)
  return (
    <>
      {main ? (
        <button type="button" onClick={() => (main === 'ship' ? onShip(row) : onAct(main, row))}>
          {t(`orders.action.${main}`)}
        </button>
      ) : null}
      {row.allowed_actions.includes('note') ? (
        <button type="button" onClick={() => onAct('note', row)}>
          {t('orders.action.note')}
        </button>
      ) : null}
      <button type="button" onClick={() => onOpen(row.id)}>
        {t('orders.details')}
      </button>
    </>
  )
}
