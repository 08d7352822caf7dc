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

// listOrders lists fulfillment orders, newest first.
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
	if f.before != 0 {
		and("f.id < ?", f.before)
	}
	return q + " ORDER BY f.id DESC LIMIT ?", args
}

const sealOrder = `UPDATE fulfillment_order SET sealed = ?, updated_at = ? WHERE merchant_id = ? AND id = ? AND state = 'open'`
