/** Why an order waits: the kinds of holds that the server raises. */
export const HOLD_KINDS = [
  'manual',
  'out_of_stock',
  'sku_unmapped',
  'quantity_unknown',
  'channel_lock',
  'channel_status_unknown',
  'refund_open',
  'address_incomplete',
  'buyer_note',
  'address_changed',
  'sku_changed',
  'note_changed',
  'flag_changed',
  'late_payment',
  'stock_not_deducted',
] as const
