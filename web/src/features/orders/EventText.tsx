import { useTranslation } from 'react-i18next'
import type { OrderEvent } from '@/lib/api/contract'

/** What happened, in words; an event that this version does not know shows its name. */
export function EventText({ event }: { event: OrderEvent }) {
  const { t } = useTranslation()
  const text = t(`events.${event.name.replace('.', '_')}`, { defaultValue: event.name })
  const detail = ['carrier_name', 'waybill_no', 'reason', 'note', 'kind', 'order_no', 'origin_no']
    .filter((key) => key !== 'kind' || !event.name.startsWith('reship.'))
    .map((key) => (key === 'kind' && event.name === 'order.held' ? t(`orders.hold.${String(event.body.kind)}`, { defaultValue: String(event.body.kind ?? '') }) : event.body[key]))
    .filter((v): v is string => typeof v === 'string' && v !== '')
  return (
    <span>
      {text}
      {detail.length > 0 ? ` \u00b7 ${detail.join(' ')}` : ''}
    </span>
  )
}
