package order

import (
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/record"
)

func amounts[T any](f func(*T) *Amounts, paid string) []record.Column[T] {
	col := func(name string, g func(*Amounts) **money.Fen) record.Column[T] {
		return record.Maybe(name, func(t *T) **money.Fen { return g(f(t)) })
	}
	return []record.Column[T]{
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

var headColumns = record.Spare(slices.Concat([]record.Column[Order]{
	record.Number("id", func(o *Order) *id.ID { return &o.ID }),
	record.Number("shop_id", func(o *Order) *id.ID { return &o.ShopID }),
	record.Text("channel", func(o *Order) *string { return &o.Channel }),
	record.Text("channel_order_no", func(o *Order) *string { return &o.ChannelOrderNo }),
	record.Text("order_type", func(o *Order) *string { return &o.Type }),
	record.Number("state", func(o *Order) *State { return &o.State }),
	record.Truth("problem", func(o *Order) *bool { return &o.Problem }),
	record.Truth("in_aftersale", func(o *Order) *bool { return &o.InAftersale }),
	record.Truth("unread", func(o *Order) *bool { return &o.Unread }),
	record.Truth("archived", func(o *Order) *bool { return &o.Archived }),
	record.Truth("history", func(o *Order) *bool { return &o.History }),
	record.Text("payment", func(o *Order) *Payment { return &o.Payment }),
	record.Text("payment_method", func(o *Order) *string { return &o.PaymentMethod }),
	record.Text("channel_status", func(o *Order) *ChannelStatus { return &o.ChannelStatus }),
	record.Text("channel_status_raw", func(o *Order) *string { return &o.ChannelStatusRaw }),
	record.List("channel_locks", func(o *Order) *[]string { return &o.ChannelLocks }),
	record.List("channel_flags", func(o *Order) *[]string { return &o.ChannelFlags }),
	record.Text("refund_state", func(o *Order) *RefundState { return &o.RefundState }),
	record.Number("approved_at", func(o *Order) *int64 { return &o.ApprovedAt }),
	record.Number("approved_by", func(o *Order) *id.ID { return &o.ApprovedBy }),
	record.Number("revoked_at", func(o *Order) *int64 { return &o.RevokedAt }),
	record.Text("closed_reason", func(o *Order) *string { return &o.ClosedReason }),
	record.Number("placed_at", func(o *Order) *int64 { return &o.PlacedAt }),
	record.Text("placed_known", func(o *Order) *string { return &o.PlacedKnown }),
	record.Number("paid_at", func(o *Order) *int64 { return &o.PaidAt }),
	record.Number("ship_by_at", func(o *Order) *int64 { return &o.ShipByAt }),
	record.Number("shipped_at", func(o *Order) *int64 { return &o.ShippedAt }),
	record.Number("delivered_at", func(o *Order) *int64 { return &o.DeliveredAt }),
	record.Number("completed_at", func(o *Order) *int64 { return &o.CompletedAt }),
	record.Number("closed_at", func(o *Order) *int64 { return &o.ClosedAt }),
}, amounts(func(o *Order) *Amounts { return &o.Amounts }, "buyer_paid_fen"), []record.Column[Order]{
	record.Number("customer_id", func(o *Order) *id.ID { return &o.CustomerID }),
	record.Text("buyer_nick", func(o *Order) *string { return &o.BuyerNick }),
	record.Text("receiver_kind", func(o *Order) *string { return &o.ReceiverKind }),
	record.Text("receiver_masked", func(o *Order) *string { return &o.ReceiverMasked }),
	record.Text("province", func(o *Order) *string { return &o.Province }),
	record.Text("city", func(o *Order) *string { return &o.City }),
	record.Text("district", func(o *Order) *string { return &o.District }),
	record.Text("buyer_note", func(o *Order) *string { return &o.BuyerNote }),
	record.Text("seller_note", func(o *Order) *string { return &o.SellerNote }),
	record.Text("channel_seller_note", func(o *Order) *string { return &o.ChannelSellerNote }),
	record.Number("channel_flag", func(o *Order) *int64 { return &o.ChannelFlag }),
	record.Number("flag", func(o *Order) *int64 { return &o.Flag }),
	record.List("tags", func(o *Order) *[]string { return &o.Tags }),
	record.Number("line_count", func(o *Order) *int64 { return &o.LineCount }),
	record.Number("quantity", func(o *Order) *int64 { return &o.Quantity }),
	record.Number("warehouse_id", func(o *Order) *id.ID { return &o.WarehouseID }),
	record.Text("carrier", func(o *Order) *string { return &o.Carrier }),
	record.Text("waybill_no", func(o *Order) *string { return &o.WaybillNo }),
	record.Number("parcel_count", func(o *Order) *int64 { return &o.ParcelCount }),
	record.Text("source", func(o *Order) *string { return &o.Source }),
	record.Number("source_at", func(o *Order) *int64 { return &o.SourceAt }),
	record.Bytes("digest", func(o *Order) *[]byte { return &o.Digest }),
	record.Number("version", func(o *Order) *int64 { return &o.Version }),
	record.Number("created_at", func(o *Order) *int64 { return &o.CreatedAt }),
	record.Number("updated_at", func(o *Order) *int64 { return &o.UpdatedAt }),
}), "problem", "in_aftersale", "archived", "history", "payment_method", "channel_locks", "channel_flags", "approved_at", "approved_by", "revoked_at", "closed_reason", "paid_at",
	"ship_by_at", "shipped_at", "delivered_at", "completed_at", "closed_at", "customer_id", "buyer_nick", "receiver_masked", "province", "city", "district", "buyer_note",
	"seller_note", "channel_seller_note", "channel_flag", "flag", "tags", "warehouse_id", "carrier", "waybill_no", "parcel_count")

var lineColumns = record.Spare(slices.Concat([]record.Column[OrderLine]{
	record.Number("id", func(l *OrderLine) *id.ID { return &l.ID }),
	record.Number("order_id", func(l *OrderLine) *id.ID { return &l.OrderID }),
	record.Number("placed_at", func(l *OrderLine) *int64 { return &l.PlacedAt }),
	record.Number("position", func(l *OrderLine) *int64 { return &l.Position }),
	record.Text("line_key", func(l *OrderLine) *string { return &l.Key }),
	record.Text("channel_line_no", func(l *OrderLine) *string { return &l.ChannelLineNo }),
	record.Number("listing_id", func(l *OrderLine) *id.ID { return &l.ListingID }),
	record.Number("sku_id", func(l *OrderLine) *id.ID { return &l.SKUID }),
	record.Text("sku_code", func(l *OrderLine) *string { return &l.SKUCode }),
	record.Text("title", func(l *OrderLine) *string { return &l.Title }),
	record.Text("spec", func(l *OrderLine) *string { return &l.Spec }),
	record.Text("image_url", func(l *OrderLine) *string { return &l.ImageURL }),
	record.Truth("is_gift", func(l *OrderLine) *bool { return &l.IsGift }),
	record.Text("channel_status", func(l *OrderLine) *ChannelStatus { return &l.ChannelStatus }),
	record.Text("refund_state", func(l *OrderLine) *RefundState { return &l.RefundState }),
	record.Maybe("price_fen", func(l *OrderLine) **money.Fen { return &l.Price }),
}, amounts(func(l *OrderLine) *Amounts { return &l.Amounts }, "paid_fen"), []record.Column[OrderLine]{
	record.Number("ordered", func(l *OrderLine) *int64 { return &l.Ordered }),
	record.Number("cancelled", func(l *OrderLine) *int64 { return &l.Cancelled }),
	record.Number("allocated", func(l *OrderLine) *int64 { return &l.Allocated }),
	record.Number("picked", func(l *OrderLine) *int64 { return &l.Picked }),
	record.Number("shipped", func(l *OrderLine) *int64 { return &l.Shipped }),
	record.Number("delivered", func(l *OrderLine) *int64 { return &l.Delivered }),
	record.Number("return_requested", func(l *OrderLine) *int64 { return &l.ReturnRequested }),
	record.Number("returned_good", func(l *OrderLine) *int64 { return &l.ReturnedGood }),
	record.Number("returned_defective", func(l *OrderLine) *int64 { return &l.ReturnedDefective }),
	record.Number("refunded", func(l *OrderLine) *int64 { return &l.Refunded }),
	record.Number("reshipped", func(l *OrderLine) *int64 { return &l.Reshipped }),
	record.Truth("quantity_known", func(l *OrderLine) *bool { return &l.QuantityKnown }),
	record.Maybe("channel_quantity", func(l *OrderLine) **int64 { return &l.ChannelQuantity }),
	record.Truth("sku_by_hand", func(l *OrderLine) *bool { return &l.SKUByHand }),
}), "image_url", "is_gift", "channel_status", "cancelled", "allocated", "picked", "shipped", "delivered", "return_requested", "returned_good",
	"returned_defective", "refunded", "reshipped", "sku_by_hand")

var (
	headNames = record.Names(headColumns)
	lineNames = record.Names(lineColumns)
	holdNames = []string{"merchant_id", "id", "order_id", "kind", "note", "owner", "raised_at", "raised_by", "cleared_at", "cleared_by", "until_at", "cause_id"}
	tagNames  = []string{"merchant_id", "tag", "placed_at", "order_id"}
)

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

func selectHeads(cols []record.Column[Order], n int, lock bool) string {
	q := `SELECT ` + strings.Join(record.Names(cols)[1:], ", ") + ` FROM order_head WHERE merchant_id = ? AND id IN ` + db.In(inSize(n)) + ` ORDER BY id`
	if lock {
		q += ` FOR UPDATE`
	}
	return q
}

func selectLines(cols []record.Column[OrderLine], n int) string {
	return `SELECT ` + strings.Join(record.Names(cols)[1:], ", ") + ` FROM order_line WHERE merchant_id = ? AND order_id IN ` + db.In(inSize(n)) + ` ORDER BY order_id, position, id`
}

func selectHolds(n int) string {
	return `SELECT id, order_id, kind, note, raised_at, raised_by, until_at, cause_id FROM order_hold WHERE merchant_id = ? AND cleared_at = 0 AND order_id IN ` + db.In(inSize(n)) + ` ORDER BY order_id, id`
}

const (
	whereHead    = `merchant_id = ? AND id = ? AND version = ?`
	whereLine    = `merchant_id = ? AND order_id = ? AND id = ?`
	clearHold    = `UPDATE order_hold SET cleared_at = ?, cleared_by = ? WHERE merchant_id = ? AND id = ? AND cleared_at = 0`
	touchSource  = `UPDATE order_head SET digest = ?, source_at = ? WHERE merchant_id = ? AND id = ? AND version = ?`
	deleteTag    = `DELETE FROM order_tag WHERE merchant_id = ? AND tag = ? AND placed_at = ? AND order_id = ?`
	skipConflict = `ON CONFLICT DO NOTHING`

	selectByListing = `SELECT order_id FROM order_line WHERE merchant_id = ? AND listing_id = ? AND sku_by_hand = 0 AND sku_id <> ?
AND (placed_at, order_id) > (COALESCE((SELECT h.placed_at FROM order_head h WHERE h.merchant_id = ? AND h.id = ?), -1), ?) GROUP BY placed_at, order_id ORDER BY placed_at, order_id LIMIT 200`
)
