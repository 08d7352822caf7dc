import { FlagFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { OrderRow, OrderRowLine } from '@/lib/api/contract'
import { Tag, type Tone } from '../Tag'
import { SlaPill } from '../SlaPill'
import css from './OrderList.module.css'

const FLAGS = ['#c3c8d0', '#d5322b', '#e9a117', '#22a35a', '#1677d9', '#8a4fc7']

/** The seller's flag by colour, with its name for those who do not see the colour. */
export function FlagMark({ flag }: { flag: number }) {
  const { t } = useTranslation()
  if (flag === 0) return null
  const name = t(`orders.flag.${flag}`)
  return <FlagFilled style={{ color: FLAGS[flag] ?? FLAGS[0] }} aria-label={name} title={name} role="img" />
}

const STATE_TONE: Record<string, Tone> = {
  pending_payment: 'plain',
  awaiting_approval: 'amber',
  awaiting_shipment: 'blue',
  partly_shipped: 'blue',
  shipped: 'green',
  delivered: 'green',
  completed: 'green',
  closed: 'plain',
}

export function StateTag({ state }: { state: string }) {
  const { t } = useTranslation()
  return <Tag tone={STATE_TONE[state] ?? 'plain'}>{t(`orders.state.${state}`)}</Tag>
}

/** A deadline counts only while the order still waits to be shipped. */
export function ShipClock({ row }: { row: Pick<OrderRow, 'state' | 'ship_by_at'> }) {
  const waits = row.state === 'awaiting_approval' || row.state === 'awaiting_shipment' || row.state === 'partly_shipped'
  return waits ? <SlaPill due={row.ship_by_at} /> : null
}

/** More than one piece stands out: the packer must not miss it. */
export function Quantity({ line }: { line: Pick<OrderRowLine, 'quantity' | 'quantity_known'> }) {
  const { t } = useTranslation()
  if (!line.quantity_known) return <b className={css.many}>{t('orders.quantity_unknown')}</b>
  return line.quantity > 1 ? <b className={css.many}>×{line.quantity}</b> : <span className={css.one}>×{line.quantity}</span>
}

// A ground by the SKU code keeps equal goods equal to the eye where the file brought no picture.
const GROUNDS = ['#d9c4a3', '#8fa6b8', '#e6b5bd', '#4a6b57', '#efe6d5', '#c68a66', '#6b7078', '#a8b58c']

export function Thumb({ line, size }: { line: Pick<OrderRowLine, 'image_url' | 'sku_code' | 'title'>; size: number }) {
  if (line.image_url) return <img className={css.thumb} src={line.image_url} alt="" width={size} height={size} loading="lazy" referrerPolicy="no-referrer" />
  let hash = 0
  for (const c of line.sku_code || line.title) hash = (hash * 31 + (c.codePointAt(0) ?? 0)) >>> 0
  return <span className={css.thumb} style={{ width: size, height: size, background: GROUNDS[hash % GROUNDS.length] }} aria-hidden />
}
