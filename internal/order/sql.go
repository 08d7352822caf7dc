package order

import (
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// column ties a stored column to its field, so that inserting, reading and
// writing back only what changed come from one list.
type column[T any] struct {
	name string
	val  func(*T) any // as stored
	dst  func(*T) any // where Scan puts it
}

func text[T any, S ~string](name string, f func(*T) *S) column[T] {
	return column[T]{name, func(t *T) any { return string(*f(t)) }, func(t *T) any { return f(t) }}
}

func number[T any, N ~int64](name string, f func(*T) *N) column[T] {
	return column[T]{name, func(t *T) any { return int64(*f(t)) }, func(t *T) any { return f(t) }}
}

func truth[T any](name string, f func(*T) *bool) column[T] {
	return column[T]{name, func(t *T) any {
		if *f(t) {
			return int64(1)
		}
		return int64(0)
	}, func(t *T) any { return f(t) }}
}

func maybe[T any, N ~int64](name string, f func(*T) **N) column[T] {
	return column[T]{name, func(t *T) any {
		if p := *f(t); p != nil {
			return int64(*p)
		}
		return nil
	}, func(t *T) any { return f(t) }}
}

func list[T any](name string, f func(*T) *[]string) column[T] {
	return column[T]{name, func(t *T) any { return strings.Join(*f(t), ",") }, func(t *T) any { return &commaList{f(t)} }}
}

func amounts[T any](f func(*T) *Amounts, paid string) []column[T] {
	col := func(name string, g func(*Amounts) **money.Fen) column[T] {
		return maybe(name, func(t *T) **money.Fen { return g(f(t)) })
	}
	return []column[T]{
		col("goods_fen", func(a *Amounts) **money.Fen { return &a.Goods }),
		col("merchant_discount_fen", func(a *Amounts) **money.Fen { return &a.MerchantDiscount }),
		col("platform_discount_fen", func(a *Amounts) **money.Fen { return &a.PlatformDiscount }),
		col("talent_discount_fen", func(a *Amounts) **money.Fen { return &a.TalentDiscount }),
		col("payment_discount_fen", func(a *Amounts) **money.Fen { return &a.PaymentDiscount }),
		col("price_change_fen", func(a *Amounts) **money.Fen { return &a.PriceChange }),
		col("freight_fen", func(a *Amounts) **money.Fen { return &a.Freight }),
		col(paid, func(a *Amounts) **money.Fen { return &a.BuyerPaid }),
		col("receivable_fen", func(a *Amounts) **money.Fen { return &a.Receivable }),
		col("refund_fen", func(a *Amounts) **money.Fen { return &a.Refund }),
	}
}

var headColumns = slices.Concat([]column[Order]{
	number("id", func(o *Order) *id.ID { return &o.ID }),
	number("shop_id", func(o *Order) *id.ID { return &o.ShopID }),
	text("channel", func(o *Order) *string { return &o.Channel }),
	text("channel_order_no", func(o *Order) *string { return &o.ChannelOrderNo }),
	text("order_type", func(o *Order) *string { return &o.Type }),
	number("state", func(o *Order) *State { return &o.State }),
	truth("problem", func(o *Order) *bool { return &o.Problem }),
	truth("in_aftersale", func(o *Order) *bool { return &o.InAftersale }),
	truth("unread", func(o *Order) *bool { return &o.Unread }),
	truth("archived", func(o *Order) *bool { return &o.Archived }),
	truth("history", func(o *Order) *bool { return &o.History }),
	text("payment", func(o *Order) *Payment { return &o.Payment }),
	text("payment_method", func(o *Order) *string { return &o.PaymentMethod }),
	text("channel_status", func(o *Order) *ChannelStatus { return &o.ChannelStatus }),
	text("channel_status_raw", func(o *Order) *string { return &o.ChannelStatusRaw }),
	list("channel_locks", func(o *Order) *[]string { return &o.ChannelLocks }),
	list("channel_flags", func(o *Order) *[]string { return &o.ChannelFlags }),
	text("refund_state", func(o *Order) *RefundState { return &o.RefundState }),
	number("approved_at", func(o *Order) *int64 { return &o.ApprovedAt }),
	number("approved_by", func(o *Order) *id.ID { return &o.ApprovedBy }),
	text("closed_reason", func(o *Order) *string { return &o.ClosedReason }),
	number("placed_at", func(o *Order) *int64 { return &o.PlacedAt }),
	text("placed_known", func(o *Order) *string { return &o.PlacedKnown }),
	number("paid_at", func(o *Order) *int64 { return &o.PaidAt }),
	number("ship_by_at", func(o *Order) *int64 { return &o.ShipByAt }),
	number("shipped_at", func(o *Order) *int64 { return &o.ShippedAt }),
	number("delivered_at", func(o *Order) *int64 { return &o.DeliveredAt }),
	number("completed_at", func(o *Order) *int64 { return &o.CompletedAt }),
	number("closed_at", func(o *Order) *int64 { return &o.ClosedAt }),
}, amounts(func(o *Order) *Amounts { return &o.Amounts }, "buyer_paid_fen"), []column[Order]{
	number("customer_id", func(o *Order) *id.ID { return &o.CustomerID }),
	text("buyer_nick", func(o *Order) *string { return &o.BuyerNick }),
	text("receiver_kind", func(o *Order) *string { return &o.ReceiverKind }),
	text("receiver_masked", func(o *Order) *string { return &o.ReceiverMasked }),
	text("province", func(o *Order) *string { return &o.Province }),
	text("city", func(o *Order) *string { return &o.City }),
	text("district", func(o *Order) *string { return &o.District }),
	text("buyer_note", func(o *Order) *string { return &o.BuyerNote }),
	text("seller_note", func(o *Order) *string { return &o.SellerNote }),
	text("channel_seller_note", func(o *Order) *string { return &o.ChannelSellerNote }),
	number("channel_flag", func(o *Order) *int64 { return &o.ChannelFlag }),
	number("flag", func(o *Order) *int64 { return &o.Flag }),
	list("tags", func(o *Order) *[]string { return &o.Tags }),
	number("line_count", func(o *Order) *int64 { return &o.LineCount }),
	number("quantity", func(o *Order) *int64 { return &o.Quantity }),
	number("warehouse_id", func(o *Order) *id.ID { return &o.WarehouseID }),
	text("carrier", func(o *Order) *string { return &o.Carrier }),
	text("waybill_no", func(o *Order) *string { return &o.WaybillNo }),
	number("parcel_count", func(o *Order) *int64 { return &o.ParcelCount }),
	text("source", func(o *Order) *string { return &o.Source }),
	number("source_at", func(o *Order) *int64 { return &o.SourceAt }),
	{"digest", func(o *Order) any { return o.Digest }, func(o *Order) any { return &o.Digest }},
	number("version", func(o *Order) *int64 { return &o.Version }),
	number("created_at", func(o *Order) *int64 { return &o.CreatedAt }),
	number("updated_at", func(o *Order) *int64 { return &o.UpdatedAt }),
})

var lineColumns = slices.Concat([]column[OrderLine]{
	number("id", func(l *OrderLine) *id.ID { return &l.ID }),
	number("order_id", func(l *OrderLine) *id.ID { return &l.OrderID }),
	number("placed_at", func(l *OrderLine) *int64 { return &l.PlacedAt }),
	number("position", func(l *OrderLine) *int64 { return &l.Position }),
	text("line_key", func(l *OrderLine) *string { return &l.Key }),
	text("channel_line_no", func(l *OrderLine) *string { return &l.ChannelLineNo }),
	number("listing_id", func(l *OrderLine) *id.ID { return &l.ListingID }),
	number("sku_id", func(l *OrderLine) *id.ID { return &l.SKUID }),
	text("sku_code", func(l *OrderLine) *string { return &l.SKUCode }),
	text("title", func(l *OrderLine) *string { return &l.Title }),
	text("spec", func(l *OrderLine) *string { return &l.Spec }),
	text("image_url", func(l *OrderLine) *string { return &l.ImageURL }),
	truth("is_gift", func(l *OrderLine) *bool { return &l.IsGift }),
	text("channel_status", func(l *OrderLine) *ChannelStatus { return &l.ChannelStatus }),
	text("refund_state", func(l *OrderLine) *RefundState { return &l.RefundState }),
	maybe("price_fen", func(l *OrderLine) **money.Fen { return &l.Price }),
}, amounts(func(l *OrderLine) *Amounts { return &l.Amounts }, "paid_fen"), []column[OrderLine]{
	number("ordered", func(l *OrderLine) *int64 { return &l.Ordered }),
	number("cancelled", func(l *OrderLine) *int64 { return &l.Cancelled }),
	number("allocated", func(l *OrderLine) *int64 { return &l.Allocated }),
	number("picked", func(l *OrderLine) *int64 { return &l.Picked }),
	number("packed", func(l *OrderLine) *int64 { return &l.Packed }),
	number("shipped", func(l *OrderLine) *int64 { return &l.Shipped }),
	number("delivered", func(l *OrderLine) *int64 { return &l.Delivered }),
	number("return_requested", func(l *OrderLine) *int64 { return &l.ReturnRequested }),
	number("returned_good", func(l *OrderLine) *int64 { return &l.ReturnedGood }),
	number("returned_defective", func(l *OrderLine) *int64 { return &l.ReturnedDefective }),
	number("refunded", func(l *OrderLine) *int64 { return &l.Refunded }),
	number("reshipped", func(l *OrderLine) *int64 { return &l.Reshipped }),
	truth("quantity_known", func(l *OrderLine) *bool { return &l.QuantityKnown }),
	maybe("channel_quantity", func(l *OrderLine) **int64 { return &l.ChannelQuantity }),
	truth("sku_by_hand", func(l *OrderLine) *bool { return &l.SKUByHand }),
})

var (
	headNames = names(headColumns)
	lineNames = names(lineColumns)
	holdNames = []string{"merchant_id", "id", "order_id", "kind", "note", "owner", "raised_at", "raised_by", "cleared_at", "cleared_by"}

	tagNames   = []string{"merchant_id", "tag", "placed_at", "order_id"}
	tokenNames = []string{"merchant_id", "quarter", "kind", "token", "placed_at", "order_id"}
	deltaNames = []string{"merchant_id", "id", "shop_id", "bucket", "day", "n", "fen"}
)

func names[T any](cols []column[T]) []string {
	out := []string{"merchant_id"}
	for _, c := range cols {
		out = append(out, c.name)
	}
	return out
}

// lookupChunk is how many numbers or ids one statement asks for.
const lookupChunk = 500

// inSize is the length of a padded list of n values.
func inSize(n int) int { return len(db.Pad(make([]struct{}, n))) }

// inArgs is the merchant and a padded list.
func inArgs[T any](m id.ID, vals []T) []any {
	vals = db.Pad(vals)
	out := make([]any, 0, len(vals)+1)
	out = append(out, int64(m))
	for _, v := range vals {
		out = append(out, v)
	}
	return out
}

func noArgs(m id.ID, nos []string) []any { return inArgs(m, nos) }
func idArgs(m id.ID, ids []id.ID) []any  { return inArgs(m, ids) }

// found is a look-up row: enough to tell unchanged from changed.
type found struct {
	id, shopID id.ID
	channel    string
	no         string
	digest     []byte
	sourceAt   int64
}

func (f *found) into() []any {
	return []any{&f.id, &f.shopID, &f.channel, &f.no, &f.digest, &f.sourceAt}
}

func selectByNo(n int) string {
	return `SELECT id, shop_id, channel, channel_order_no, digest, source_at FROM order_head WHERE merchant_id = ? AND channel_order_no IN ` + db.In(inSize(n))
}

func selectHeads(n int, lock bool) string {
	q := `SELECT ` + strings.Join(headNames[1:], ", ") + ` FROM order_head WHERE merchant_id = ? AND id IN ` + db.In(inSize(n)) + ` ORDER BY id`
	if lock {
		q += ` FOR UPDATE`
	}
	return q
}

func selectLines(n int) string {
	return `SELECT ` + strings.Join(lineNames[1:], ", ") + ` FROM order_line WHERE merchant_id = ? AND order_id IN ` + db.In(inSize(n)) + ` ORDER BY order_id, position, id`
}

func selectHolds(n int) string {
	return `SELECT id, order_id, kind, note, raised_at, raised_by FROM order_hold WHERE merchant_id = ? AND cleared_at = 0 AND order_id IN ` + db.In(inSize(n)) + ` ORDER BY order_id, id`
}

func selectReceivers(n int) string {
	return `SELECT order_id, sealed FROM order_receiver WHERE merchant_id = ? AND order_id IN ` + db.In(inSize(n))
}

func updateText(table string, set []string, where string) string {
	return `UPDATE ` + table + ` SET ` + strings.Join(set, " = ?, ") + ` = ? WHERE ` + where
}

const (
	whereHead    = `merchant_id = ? AND id = ? AND version = ?`
	whereLine    = `merchant_id = ? AND id = ?`
	clearHold    = `UPDATE order_hold SET cleared_at = ?, cleared_by = ? WHERE merchant_id = ? AND id = ? AND cleared_at = 0`
	touchSource  = `UPDATE order_head SET digest = ?, source_at = ? WHERE merchant_id = ? AND id = ? AND version = ?`
	putReceiver  = `INSERT INTO order_receiver (merchant_id, order_id, sealed) VALUES (?, ?, ?) ON CONFLICT (merchant_id, order_id) DO UPDATE SET sealed = excluded.sealed`
	deleteTag    = `DELETE FROM order_tag WHERE merchant_id = ? AND tag = ? AND placed_at = ? AND order_id = ?`
	deleteToken  = `DELETE FROM order_token WHERE merchant_id = ? AND quarter = ? AND kind = ? AND token = ? AND placed_at = ? AND order_id = ?`
	skipConflict = `ON CONFLICT DO NOTHING`

	// takeDeltas removes what it returns, so that two folders never add a row twice.
	takeDeltas = `DELETE FROM order_count_delta WHERE merchant_id = ? AND id IN (SELECT id FROM order_count_delta WHERE merchant_id = ? ORDER BY id LIMIT 2000) RETURNING shop_id, bucket, day, n, fen`
	addCount   = `INSERT INTO order_count (merchant_id, shop_id, bucket, day, n, fen) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (merchant_id, shop_id, bucket, day) DO UPDATE SET n = order_count.n + excluded.n, fen = order_count.fen + excluded.fen`

	selectByListing = `SELECT order_id FROM order_line WHERE merchant_id = ? AND listing_id = ? AND sku_by_hand = 0 AND sku_id <> ?
AND (placed_at, order_id) > (COALESCE((SELECT h.placed_at FROM order_head h WHERE h.merchant_id = ? AND h.id = ?), -1), ?) GROUP BY placed_at, order_id ORDER BY placed_at, order_id LIMIT 200`

	selectAnyShort = `SELECT order_id FROM order_hold WHERE merchant_id = ? AND kind = 'out_of_stock' AND cleared_at = 0 LIMIT 1`

	// selectShort: the hold's index first; a bundle's line carries the bundle's SKU,
	// so lines of bundles that contain the SKU count too.
	selectShort = `SELECT DISTINCT h.order_id FROM order_hold h JOIN order_line l ON l.merchant_id = h.merchant_id AND l.order_id = h.order_id
WHERE h.merchant_id = ? AND h.kind = 'out_of_stock' AND h.cleared_at = 0 AND h.order_id > ?
AND (l.sku_id = ? OR l.sku_id IN (SELECT c.bundle_sku_id FROM catalog_component c WHERE c.merchant_id = h.merchant_id AND c.sku_id = ?)) ORDER BY h.order_id LIMIT 200`
)
