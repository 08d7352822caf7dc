package obstacle

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// args are the merchant and ids, filled up for a list of one of few lengths.
func args(ctx context.Context, ids []id.ID) []any {
	out := []any{actor.Merchant(ctx)}
	for _, one := range db.Pad(ids) {
		out = append(out, one)
	}
	return out
}

func selectOrdersOf(n int) string {
	return `SELECT DISTINCT order_id FROM fulfillment_allocation WHERE merchant_id = ? AND fulfillment_order_id IN ` + db.In(n) + ` ORDER BY order_id`
}

// selectOpen reads what is open of orders: who ships it how, and what it bears.
func selectOpen(n int) string {
	return `SELECT DISTINCT a.order_id, f.id, f.kind, f.supplier_id, f.hold, f.sealed, f.version FROM fulfillment_allocation a
		JOIN fulfillment_order f ON f.merchant_id = a.merchant_id AND f.id = a.fulfillment_order_id
		WHERE a.merchant_id = ? AND a.order_id IN ` + db.In(n) + ` AND f.state = 'open' AND a.shipped < a.quantity ORDER BY a.order_id, f.id`
}

// selectWaybills reads the live numbers of fulfillment orders, asked for or issued.
func selectWaybills(n int) string {
	return `SELECT fulfillment_id, state, carrier, error_code, account_id, created_at FROM logistics_waybill
		WHERE merchant_id = ? AND fulfillment_id IN ` + db.In(n) + ` AND live = 1 ORDER BY fulfillment_id, piece, id`
}

const (
	// selectBegun: a suspension that began after an instant and holds.
	selectBegun = `SELECT id FROM logistics_suspension WHERE merchant_id = ? AND starts_at > ? AND starts_at <= ? AND (ends_at = 0 OR ends_at > ?) LIMIT 1`

	// setHold leaves alone what somebody else has put there meanwhile.
	setHold = `UPDATE fulfillment_order SET hold = ?, updated_at = ? WHERE merchant_id = ? AND id = ? AND state = 'open' AND hold = ?`

	selectOpenAfter = `SELECT id FROM fulfillment_order WHERE merchant_id = ? AND state = 'open' AND id > ? ORDER BY id LIMIT ?`
	selectHeldAfter = `SELECT order_id FROM order_hold WHERE merchant_id = ? AND kind = ? AND cleared_at = 0 AND order_id > ? ORDER BY order_id LIMIT ?`
)
