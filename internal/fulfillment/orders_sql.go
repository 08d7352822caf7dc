package fulfillment

import "github.com/ordercove/ordercove/internal/kit/db"

const orderFields = `f.id, f.shop_id, f.warehouse_id, f.supplier_id, f.kind, f.state, f.carrier, f.carrier_wish, f.receiver_group, f.order_count,
	f.urgency, f.ship_by_at, f.presale_at, f.sealed, f.hold, f.content, f.created_at, f.updated_at, f.version`

func selectOrders(n int) string {
	return wantIDs(n) + `SELECT ` + orderFields + ` FROM want CROSS JOIN fulfillment_order f WHERE f.merchant_id = ? AND f.id = want.id`
}

func selectAllocations(n int) string {
	return wantIDs(n) + `SELECT a.fulfillment_order_id, a.order_id, a.line_id, a.quantity, a.shipped FROM want CROSS JOIN fulfillment_allocation a
		WHERE a.merchant_id = ? AND a.fulfillment_order_id = want.id ORDER BY a.fulfillment_order_id, a.order_id, a.line_id`
}

// listOrders lists fulfillment orders, the newest first, or in turn.
func listOrders(f OrderFilter) (string, []any) {
	q := "SELECT " + orderFields + " FROM fulfillment_order f WHERE f.merchant_id = ?"
	var args []any
	and := func(cond string, v ...any) { q, args = q+" AND "+cond, append(args, v...) }
	switch f.State {
	case "":
	case StateOpen: // the literal of the partial indexes
		and("f.state = 'open'")
	default:
		and("f.state = ?", string(f.State))
	}
	if len(f.WarehouseIDs) > 0 {
		and("f.warehouse_id IN "+db.In(len(f.WarehouseIDs)), anyIDs(f.WarehouseIDs)...)
	}
	if len(f.ShopIDs) > 0 {
		and("f.shop_id IN "+db.In(len(f.ShopIDs)), anyIDs(f.ShopIDs)...)
	}
	if f.OrderID != 0 {
		and("f.id IN (SELECT a.fulfillment_order_id FROM fulfillment_allocation a WHERE a.merchant_id = f.merchant_id AND a.order_id = ?)", f.OrderID)
	}
	if f.Kind != "" {
		and("f.kind = ?", f.Kind)
	}
	if f.Sealed != nil && *f.Sealed {
		and("f.sealed <> ''")
	} else if f.Sealed != nil {
		and("f.sealed = ''")
	}
	if f.Group != 0 {
		and("f.receiver_group = ? AND f.receiver_group <> 0", f.Group)
	}
	if f.turn != 0 {
		and("f.supplier_id = 0")
		return q + " ORDER BY CASE WHEN f.presale_at > ? THEN 1 ELSE 0 END, f.urgency DESC, CASE WHEN f.ship_by_at = 0 THEN 1 ELSE 0 END, f.ship_by_at, f.id LIMIT ?", append(args, f.turn)
	}
	if f.before != 0 {
		and("f.id < ?", f.before)
	}
	return q + " ORDER BY f.id DESC LIMIT ?", args
}

func sealOrders(n int) string {
	return `UPDATE fulfillment_order SET sealed = ?, updated_at = ? WHERE state = 'open' AND id IN ` + db.In(n) + ` AND merchant_id = ?`
}

const (
	putUrge = `INSERT INTO fulfillment_urge (merchant_id, order_id, urgency, note, by_id, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, order_id) DO UPDATE SET urgency = excluded.urgency, note = excluded.note, by_id = excluded.by_id, at = excluded.at`
	urgeWaiting = `UPDATE fulfillment_waiting SET urgency = ? WHERE merchant_id = ? AND order_id = ?`
)

// selectSealedOf reads sealed, unshipped fulfillment orders of n receiver groups.
func selectSealedOf(n int) string {
	return wantIDs(n) + `SELECT ` + orderFields + ` FROM want CROSS JOIN fulfillment_order f
		WHERE f.merchant_id = ? AND f.receiver_group = want.id AND f.receiver_group <> 0 AND f.state = 'open' AND f.sealed <> '' ORDER BY f.id`
}

// selectTold reads what channels said of the receivers of n orders.
func selectTold(n int) string {
	return wantIDs(n) + `SELECT g.order_id, g.group_no, g.receiver FROM want CROSS JOIN fulfillment_group g
		WHERE g.merchant_id = ? AND g.order_id = want.id AND g.group_no <> 0`
}

const keepPrompt = `ON CONFLICT (merchant_id, fulfillment_order_id) DO NOTHING`

var promptColumns = []string{"merchant_id", "fulfillment_order_id", "sealed_id", "raised_at"}

var (
	editColumns      = []string{"merchant_id", "id", "kind", "made_by", "made_at"}
	editOrderColumns = []string{"merchant_id", "edit_id", "fulfillment_order_id", "side"}
)

const (
	replaceOrder = `UPDATE fulfillment_order SET state = 'replaced', updated_at = ?
		WHERE merchant_id = ? AND id = ? AND state = 'open' AND version = ?`
	restoreOrder     = `UPDATE fulfillment_order SET state = 'open', updated_at = ? WHERE merchant_id = ? AND id = ? AND state = 'replaced'`
	releaseOrder     = `UPDATE fulfillment_order SET hold = '', updated_at = ? WHERE merchant_id = ? AND id = ? AND state = 'open' AND hold = 'merged_order_changed'`
	setKind          = `UPDATE fulfillment_order SET kind = ?, carrier_wish = ?, updated_at = ? WHERE merchant_id = ? AND id = ? AND version = ? AND state = 'open'`
	undoEdit         = `UPDATE fulfillment_edit SET undone_at = ? WHERE merchant_id = ? AND id = ? AND undone_at = 0`
	selectEdit       = `SELECT kind, undone_at FROM fulfillment_edit WHERE merchant_id = ? AND id = ?`
	selectEditOrders = `SELECT fulfillment_order_id, side FROM fulfillment_edit_order WHERE merchant_id = ? AND edit_id = ? ORDER BY fulfillment_order_id`

	selectPolicy = `SELECT body, version FROM fulfillment_policy WHERE merchant_id = ? AND name = ?`
	putPolicy    = `INSERT INTO fulfillment_policy (merchant_id, name, body, updated_by, updated_at, version) VALUES (?, ?, ?, ?, ?, 1)
		ON CONFLICT (merchant_id, name) DO UPDATE SET body = excluded.body, updated_by = excluded.updated_by, updated_at = excluded.updated_at,
		version = fulfillment_policy.version + 1 WHERE fulfillment_policy.version = ?`
)
