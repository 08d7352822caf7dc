package fulfillment

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

const parcelFields = `id, fulfillment_order_id, order_id, shop_id, warehouse_id, carrier, carrier_name,
	waybill_no, kind, shipped_at, shipped_by, reported_at, cancelled_at`

var (
	orderColumns = []string{"merchant_id", "id", "shop_id", "warehouse_id", "supplier_id", "kind", "state", "carrier", "carrier_wish", "receiver_group",
		"order_count", "urgency", "ship_by_at", "presale_at", "sealed", "hold", "content", "created_at", "updated_at", "version"}
	allocationColumns = []string{"merchant_id", "fulfillment_order_id", "line_id", "order_id", "quantity", "shipped"}
	parcelColumns     = []string{"merchant_id", "id", "fulfillment_order_id", "order_id", "shop_id", "warehouse_id", "carrier", "carrier_name",
		"waybill_no", "kind", "shipped_at", "shipped_by", "reported_at"}
	parcelLineColumns = []string{"merchant_id", "parcel_id", "line_id", "quantity"}
	waybillColumns    = []string{"merchant_id", "waybill_no", "order_id"}
)

const (
	keepFirst = `ON CONFLICT (merchant_id, waybill_no) DO NOTHING`

	updateAllocation = `UPDATE fulfillment_allocation SET shipped = shipped + ? WHERE merchant_id = ? AND fulfillment_order_id = ? AND line_id = ?`
	finishOrder      = `UPDATE fulfillment_order SET state = 'shipped', carrier = ?, updated_at = ?, version = version + 1
		WHERE merchant_id = ? AND id = ? AND state = 'open'
		AND NOT EXISTS (SELECT 1 FROM fulfillment_allocation a WHERE a.merchant_id = fulfillment_order.merchant_id
			AND a.fulfillment_order_id = fulfillment_order.id AND a.shipped < a.quantity)`
	cancelOrder = `UPDATE fulfillment_order SET state = 'cancelled', updated_at = ?, version = version + 1
		WHERE merchant_id = ? AND id = ? AND state = 'open'`
	endOrder = `UPDATE fulfillment_order SET state = 'shipped', updated_at = ?, version = version + 1
		WHERE merchant_id = ? AND id = ? AND state = 'open'`
	// What is left of one that part has shipped of leaves it.
	cutAllocations   = `UPDATE fulfillment_allocation SET quantity = shipped WHERE merchant_id = ? AND fulfillment_order_id = ? AND shipped < quantity`
	shrinkAllocation = `UPDATE fulfillment_allocation SET quantity = quantity - ? WHERE merchant_id = ? AND fulfillment_order_id = ? AND line_id = ?`
	dropAllocations  = `DELETE FROM fulfillment_allocation WHERE merchant_id = ? AND fulfillment_order_id = ? AND quantity = 0`
	refreshOrder     = `UPDATE fulfillment_order SET state = ?, order_count = ?, urgency = ?, ship_by_at = ?, presale_at = ?, receiver_group = ?,
		hold = ?, content = ?, updated_at = ?, version = ? WHERE merchant_id = ? AND id = ? AND version = ? AND urgency = ? AND ship_by_at = ? AND presale_at = ? AND receiver_group = ?`

	countUnreported = `SELECT COUNT(*) FROM (SELECT id FROM fulfillment_parcel WHERE merchant_id = ? AND shop_id = ?
		AND reported_at = 0 AND cancelled_at = 0 LIMIT ?) waiting`

	selectParcel = `SELECT id FROM fulfillment_parcel WHERE merchant_id = ? AND order_id = ? AND waybill_no = ? AND cancelled_at = 0 LIMIT 1`
)

// Look-ups by many keys join a list of values instead of using IN: PostgreSQL
// reads the whole table for a long IN on a table it has no statistics of yet, as
// after the first import. CROSS JOIN keeps SQLite from turning the loops round.
// Lists are filled up with keys that no row has, so that a
// few texts serve every length.

func idArgs(merchant id.ID, ids []id.ID) []any { return listArgs(merchant, ids, 0) }

func textArgs(merchant id.ID, texts []string) []any { return listArgs(merchant, texts, "") }

func listArgs[T any](merchant id.ID, keys []T, none T) []any {
	n := len(db.Pad(keys))
	args := make([]any, 0, n+1)
	for _, k := range keys {
		args = append(args, k)
	}
	for len(args) < n {
		args = append(args, none)
	}
	return append(args, merchant)
}

func wantIDs(n int) string {
	return `WITH want (id) AS (VALUES (CAST(? AS BIGINT))` + strings.Repeat(",(?)", padded(n)-1) + `) `
}

func wantTexts(n int) string {
	return `WITH want (no) AS (VALUES (CAST(? AS TEXT))` + strings.Repeat(",(?)", padded(n)-1) + `) `
}

func padded(n int) int { return len(db.Pad(make([]struct{}, n))) }

// selectOrderParcels reads the parcels of n orders, with the lines in them.
func selectOrderParcels(n int) string {
	return wantIDs(n) + `SELECT p.order_id, p.waybill_no, COALESCE(l.line_id, 0) FROM want
		CROSS JOIN fulfillment_parcel p
		LEFT JOIN fulfillment_parcel_line l ON l.merchant_id = p.merchant_id AND l.parcel_id = p.id
		WHERE p.merchant_id = ? AND p.order_id = want.id AND p.cancelled_at = 0`
}

func selectWaybills(n int) string {
	return wantTexts(n) + `SELECT w.waybill_no, w.order_id FROM want CROSS JOIN fulfillment_waybill w
		WHERE w.merchant_id = ? AND w.waybill_no = want.no`
}

// selectOpen reads the open fulfillment orders of n orders, line by line.
func selectOpen(n int) string {
	return wantIDs(n) + `SELECT f.id, f.warehouse_id, f.sealed, f.hold, f.order_count, a.order_id, a.line_id, a.quantity - a.shipped, a.shipped FROM want
		CROSS JOIN fulfillment_allocation a
		JOIN fulfillment_order f ON f.merchant_id = a.merchant_id AND f.id = a.fulfillment_order_id
		WHERE a.merchant_id = ? AND a.order_id = want.id AND f.state = 'open' ORDER BY f.id, a.line_id`
}

// selectParcels lists parcels, newest first. The conditions are fixed texts; only
// their number varies.
func selectParcels(f ParcelFilter) (string, []any) {
	var where []string
	var args []any
	add := func(cond string, v ...any) { where, args = append(where, cond), append(args, v...) }
	if f.OrderID != 0 {
		add("order_id = ?", f.OrderID)
	}
	if len(f.OrderIDs) > 0 {
		add("order_id IN "+db.In(padded(len(f.OrderIDs))), anyIDs(db.Pad(f.OrderIDs))...)
	}
	if len(f.ShopIDs) > 0 {
		add("shop_id IN "+db.In(len(f.ShopIDs)), anyIDs(f.ShopIDs)...)
	}
	if len(f.IDs) > 0 {
		add("id IN "+db.In(len(f.IDs)), anyIDs(f.IDs)...)
	}
	if f.WaybillNo != "" {
		add("waybill_no = ?", logistics.Clean(f.WaybillNo))
	}
	if f.Reported != nil && *f.Reported {
		add("reported_at > 0")
	} else if f.Reported != nil {
		add("reported_at = 0")
	}
	if f.before != 0 {
		add("id < ?", f.before)
	}
	if f.after != 0 {
		add("id > ?", f.after)
	}
	q := "SELECT " + parcelFields + " FROM fulfillment_parcel WHERE merchant_id = ?"
	for _, w := range where {
		q += " AND " + w
	}
	if f.oldestFirst {
		q += " ORDER BY id LIMIT ?"
	} else {
		q += " ORDER BY id DESC LIMIT ?"
	}
	return q, args
}

func selectParcelLines(n int) string {
	return wantIDs(n) + `SELECT l.parcel_id, l.line_id, l.quantity FROM want CROSS JOIN fulfillment_parcel_line l
		WHERE l.merchant_id = ? AND l.parcel_id = want.id ORDER BY l.parcel_id, l.line_id`
}

func updateReported(n int) string {
	return `UPDATE fulfillment_parcel SET reported_at = ? WHERE merchant_id = ? AND reported_at = 0 AND id IN ` + db.In(n)
}

func anyIDs(ids []id.ID) []any {
	out := make([]any, len(ids))
	for i, v := range ids {
		out[i] = v
	}
	return out
}
