import { useTranslation } from 'react-i18next'
import { isId } from '@/lib/id'
import { CopyButton } from '../Copyable'
import { Money } from '../Money'
import { ChannelBadge, Tag } from '../Tag'
import { Time } from '../Time'
import css from './OrderList.module.css'
import { FlagMark, Quantity, ShipClock, StateTag, Thumb } from './parts'
import { meansRow, type RowProps } from './row'

/** One order as a card: a strip that says whose it is, its goods below, and the cells of the whole order beside them. */
export function CardRow({ row, selected, current, onToggle, onCursor, onOpen, onHover, actions }: RowProps) {
  const { t } = useTranslation()
  return (
    <div
      role="rowgroup"
      data-id={row.id}
      tabIndex={-1}
      aria-current={current || undefined}
      className={`${css.card} ${selected ? css.selected : ''} ${current ? css.current : ''}`}
      onClick={(e) => {
        if (!meansRow(e)) return
        onCursor(row.id)
        onOpen(row.id)
      }}
      onMouseEnter={onHover ? () => onHover(row.id) : undefined}
    >
      <div role="row" className={css.strip}>
        <span role="cell" aria-colspan={6} className={css.stripCell}>
          <input
            type="checkbox"
            checked={selected}
            aria-label={t('orders.select_order', { no: row.channel_order_no })}
            onChange={(e) => onToggle(row.id, e.target.checked, (e.nativeEvent as globalThis.MouseEvent).shiftKey)}
          />
          <ChannelBadge channel={row.channel} />
          <span className={css.shop}>{row.shop_name}</span>
          <strong className={row.unread ? css.unread : css.no}>{row.channel_order_no}</strong>
          <CopyButton text={row.channel_order_no} label={t('orders.copy_no')} />
          <Time at={row.placed_at} />
          {row.buyer_nick ? <span className={css.muted}>{row.buyer_nick}</span> : null}
          {row.order_type === 'normal' ? null : <Tag>{t(`orders.type.${row.order_type}`)}</Tag>}
          {row.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
          {row.history ? <Tag title={t('orders.history_hint')}>{t('orders.history')}</Tag> : null}
          <span className={css.notes}>
            {row.buyer_note ? (
              <span className={css.buyerNote} title={row.buyer_note}>
                {t('orders.buyer_note_is', { note: row.buyer_note })}
              </span>
            ) : null}
            {row.seller_note ? (
              <span className={css.sellerNote} title={row.seller_note}>
                {row.seller_note}
              </span>
            ) : null}
            <FlagMark flag={row.flag} />
          </span>
        </span>
      </div>
      <div role="row" className={css.body}>
        <div role="cell" className={css.items}>
          {row.lines.map((line) => (
            <div key={line.id} className={css.item}>
              <Thumb line={line} size={36} />
              <span className={css.itemText}>
                <span className={css.title} title={line.title}>
                  {line.is_gift ? <Tag tone="green">{t('orders.gift')}</Tag> : null}
                  {line.title}
                </span>
                <span className={css.spec}>
                  {[line.spec, line.sku_code].filter(Boolean).join(' \u00b7 ')}
                  {isId(line.sku_id) || row.history ? null : <em className={css.unmapped}>{t('orders.unmapped')}</em>}
                </span>
              </span>
              <Money fen={line.price_fen} />
              <span className={css.qty}>
                <Quantity line={line} />
              </span>
            </div>
          ))}
          {row.line_count > row.lines.length ? <p className={css.muted}>{t('orders.more_lines', { count: row.line_count - row.lines.length })}</p> : null}
        </div>
        <div role="cell" className={css.receiver}>
          <span>{row.receiver_masked || t('orders.no_receiver')}</span>
          <span className={css.muted}>{[row.province, row.city, row.district].filter(Boolean).join(' ')}</span>
        </div>
        <div role="cell" className={css.paid}>
          <Money fen={row.buyer_paid_fen} strong />
          {row.freight_fen ? <span className={css.muted}>{t('orders.with_freight')}</span> : null}
        </div>
        <div role="cell" className={css.state}>
          <StateTag state={row.state} />
          <ShipClock row={row} />
          {row.holds.map((hold) => (
            <Tag key={hold} tone="red" title={t(`orders.hold.${hold}`)}>
              {t(`orders.hold.${hold}`)}
            </Tag>
          ))}
          {row.in_aftersale ? <Tag tone="red">{t('orders.in_aftersale')}</Tag> : null}
        </div>
        <div role="cell" className={css.logistics}>
          {row.carrier_name ? <span>{row.carrier_name}</span> : null}
          {row.waybill_no ? <span className={css.waybill}>{row.waybill_no}</span> : null}
          {row.warehouse_name ? <span className={css.muted}>{row.warehouse_name}</span> : null}
        </div>
        <div role="cell" className={css.actions}>
          {actions(row)}
        </div>
      </div>
    </div>
  )
}
