import { useTranslation } from 'react-i18next'
import { Money } from '../Money'
import { ChannelBadge, Tag } from '../Tag'
import css from './OrderList.module.css'
import { FlagMark, Quantity, ShipClock, StateTag, Thumb } from './parts'
import { meansRow, type RowProps } from './row'

/** One order on one line of 38 px, for those who pack. */
export function CompactRow({ row, selected, current, onToggle, onCursor, onOpen, onHover }: RowProps) {
  const { t } = useTranslation()
  const first = row.lines[0]
  const waits = row.state === 'awaiting_shipment' || row.state === 'partly_shipped' || row.state === 'awaiting_approval'
  return (
    <div
      role="row"
      data-id={row.id}
      tabIndex={-1}
      aria-current={current || undefined}
      className={`${css.line} ${selected ? css.selected : ''} ${current ? css.current : ''}`}
      onClick={(e) => {
        if (!meansRow(e)) return
        onCursor(row.id)
        onOpen(row.id)
      }}
      onMouseEnter={onHover ? () => onHover(row.id) : undefined}
    >
      <span role="cell" className={css.lead}>
        <input
          type="checkbox"
          checked={selected}
          aria-label={t('orders.select_order', { no: row.channel_order_no })}
          onChange={(e) => onToggle(row.id, e.target.checked, (e.nativeEvent as globalThis.MouseEvent).shiftKey)}
        />
        <ChannelBadge channel={row.channel} />
        <FlagMark flag={row.flag} />
      </span>
      <span role="cell" className={css.goods}>
        {first ? <Thumb line={first} size={24} /> : null}
        {row.lines.map((line) => (
          <span key={line.id} className={css.chip} title={line.title}>
            {line.title.length > 14 ? `${line.title.slice(0, 13)}\u2026` : line.title} {line.spec} <Quantity line={line} />
          </span>
        ))}
        {row.quantity > 1 ? <span className={css.muted}>{t('orders.pieces', { count: row.quantity })}</span> : null}
        {row.seller_note ? <span className={css.sellerNote}>{row.seller_note}</span> : null}
        {row.buyer_note ? <span className={css.buyerNote}>{row.buyer_note}</span> : null}
      </span>
      <span role="cell" className={css.cut}>
        {row.receiver_masked.split(' ')[0] || '\u2013'} <span className={css.muted}>{[row.province, row.city].filter(Boolean).join(' ')}</span>
      </span>
      <span role="cell" className={css.right}>
        <Money fen={row.buyer_paid_fen} />
      </span>
      <span role="cell" className={css.cut}>
        {row.holds[0] ? <Tag tone="red" title={t(`orders.hold.${row.holds[0]}`)}>{t(`orders.hold.${row.holds[0]}`)}</Tag> : waits && row.ship_by_at ? <ShipClock row={row} /> : <StateTag state={row.state} />}
      </span>
      <span role="cell" className={css.cut}>
        {row.carrier_name} <span className={css.muted}>{row.warehouse_name}</span>
      </span>
      <span role="cell" className={row.unread ? css.tailUnread : css.tail} title={row.channel_order_no}>
        {row.channel_order_no.length > 9 ? `\u2026${row.channel_order_no.slice(-8)}` : row.channel_order_no}
      </span>
    </div>
  )
}
