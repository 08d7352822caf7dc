import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Aftersale, AftersaleLine } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { useShops } from '@/lib/lookups'
import { ChannelBadge, Tag, type Tone } from '@/ui/Tag'
import css from './aftersales.module.css'

const TONE: Record<Aftersale['state'], Tone> = { requested: 'red', returning: 'amber', receiving: 'amber', refunding: 'blue', refused: 'plain', closed: 'plain', refunded: 'green', exchanged: 'green', unknown: 'amber' }
const PARCEL: Record<Aftersale['parcel'], Tone> = { none: 'plain', not_shipped: 'blue', partly_shipped: 'amber', shipped: 'amber', delivered: 'green' }
const GOODS: Record<Aftersale['goods'], Tone> = { none: 'plain', awaited: 'amber', arrived: 'blue', received: 'green', given_up: 'plain' }

export function StateTag({ one }: { one: Aftersale }) {
  const { t } = useTranslation()
  return <Tag tone={TONE[one.state]} title={one.state_raw}>{t(`aftersales.state.${one.state}`)}</Tag>
}

export function GoodsTag({ one }: { one: Aftersale }) {
  const { t } = useTranslation()
  return one.goods === 'none' ? null : <Tag tone={GOODS[one.goods]}>{t(`aftersales.goods.${one.goods}`)}</Tag>
}

/** How far the goods of a case are on their way out, with the number they left under. */
export function ParcelCell({ one }: { one: Aftersale }) {
  const { t } = useTranslation()
  return (
    <span className={css.lines}>
      <span className={css.tags}>
        <Tag tone={PARCEL[one.parcel]}>{t(`aftersales.parcel.${one.parcel}`)}</Tag>
        <GoodsTag one={one} />
      </span>
      {one.waybill_no ? <span className={css.muted}>{one.waybill_no}</span> : null}
    </span>
  )
}

/** What the rules recommend, and why. */
export function AdviceText({ one }: { one: Aftersale }) {
  const { t } = useTranslation()
  return (
    <span className={css.lines}>
      <strong>{t(`aftersales.advice.${one.advice}`)}</strong>
      <span className={css.muted}>{t(`aftersales.why.${one.why}`)}</span>
    </span>
  )
}

/** What the channel said to the last decision; nothing where there was none. */
export function AnswerTag({ one }: { one: Aftersale }) {
  const { t } = useTranslation()
  if (!one.answer || !one.decision || one.state === 'refunded') return null
  const tone: Tone = one.answer.state === 'refused' || one.answer.state === 'uncertain' ? 'red' : one.answer.state === 'done' ? 'green' : 'blue'
  return (
    <Tag tone={tone} title={one.answer.message}>
      {t('aftersales.told', { decision: t(`aftersales.decision.${one.decision}`), state: t(`effects.state.${one.answer.state}`) })}
    </Tag>
  )
}

export function ShopName({ shopId }: { shopId: string }) {
  const shop = useShops().find((s) => s.id === shopId)
  if (!shop) return null
  return (
    <span className={css.shop}>
      <ChannelBadge channel={shop.channel} />
      {shop.name}
    </span>
  )
}

/** The order of a case, where we hold it. */
export function OrderLink({ one }: { one: Aftersale }) {
  if (!isId(one.order_id)) return <>{one.channel_order_no || '\u2013'}</>
  return (
    <Link to="/orders/$id" params={{ id: one.order_id }}>
      {one.channel_order_no}
    </Link>
  )
}

/** What a line is, in two rows. */
export function Goods({ line, asked }: { line: AftersaleLine; asked?: boolean }) {
  return (
    <span className={css.lines}>
      <span>
        {line.title}
        {asked ? <strong className={line.asked > 1 ? css.several : undefined}> ×{line.asked}</strong> : null}
      </span>
      <span className={css.muted}>{[line.spec, line.sku_code].filter(Boolean).join(' · ')}</span>
    </span>
  )
}
