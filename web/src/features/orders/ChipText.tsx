import { useTranslation } from 'react-i18next'
import { useChannelFaces, useShops } from '@/lib/lookups'
import { parseNumbers } from '@/lib/numbers'
import type { Chip, OrderSearch } from './search'

/** One filter in force, in words. */
export function ChipText({ chip, search }: { chip: Chip; search: OrderSearch }) {
  const { t } = useTranslation()
  const shops = useShops()
  const face = useChannelFaces()
  const name = chip.key === 'from_on' || chip.key === 'to_on' ? `${t(`orders.time_kind.${search.time_kind ?? 'placed'}`)} ${t(`orders.filter.${chip.key}`)}` : t(`orders.filter.${chip.key}`)
  const value = () => {
    switch (chip.key) {
      case 'shop_id':
        return shops.find((s) => s.id === chip.value)?.name ?? chip.value
      case 'channel':
        return face(chip.value).name
      case 'flag':
        return t(`orders.flag.${chip.value}`)
      case 'hold':
        return t(`orders.hold.${chip.value}`)
      case 'order_type':
        return t(`orders.type.${chip.value}`)
      case 'numbers':
        return t('orders.numbers_count', { count: parseNumbers(chip.value).numbers.length })
      case 'due_within_hours':
        return t('orders.hours', { count: Number(chip.value) })
      case 'unread':
      case 'overdue':
        return ''
      default:
        return chip.value
    }
  }
  const text = value()
  return <span>{text ? `${name}: ${text}` : name}</span>
}
