package fulfillment

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	putTrace = `INSERT INTO fulfillment_trace (merchant_id, order_id, outcome, trace, made_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, order_id) DO UPDATE SET outcome = excluded.outcome, trace = excluded.trace, made_at = excluded.made_at`
	selectTrace = `SELECT outcome, trace, made_at FROM fulfillment_trace WHERE merchant_id = ? AND order_id = ?`
	putWaiting  = `INSERT INTO fulfillment_waiting (merchant_id, order_id, urgency, ship_by_at, ask_buyer, since_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, order_id) DO UPDATE SET urgency = excluded.urgency, ship_by_at = excluded.ship_by_at, ask_buyer = excluded.ask_buyer`
)

func dropWaiting(n int) string {
	return `DELETE FROM fulfillment_waiting WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}

// selectDues reads the deadlines of n orders.
func selectDues(n int) string {
	return wantIDs(n) + `SELECT h.id, h.ship_by_at, COALESCE(u.urgency, 0) FROM want CROSS JOIN order_head h
		LEFT JOIN fulfillment_urge u ON u.merchant_id = h.merchant_id AND u.order_id = h.id
		WHERE h.merchant_id = ? AND h.id = want.id`
}
