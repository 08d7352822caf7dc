package fulfillment

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	putTrace = `INSERT INTO fulfillment_trace (merchant_id, order_id, outcome, trace, made_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, order_id) DO UPDATE SET outcome = excluded.outcome, trace = excluded.trace, made_at = excluded.made_at`
	selectTrace = `SELECT outcome, trace, made_at FROM fulfillment_trace WHERE merchant_id = ? AND order_id = ?`
	putWaiting  = `INSERT INTO fulfillment_waiting (merchant_id, order_id, urgency, ship_by_at, ask_buyer, since_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, order_id) DO UPDATE SET urgency = excluded.urgency, ship_by_at = excluded.ship_by_at, ask_buyer = excluded.ask_buyer`
	agreeWaiting = `UPDATE fulfillment_waiting SET agreed = ?, agreed_note = ?, agreed_by = ?, agreed_at = ?, ask_buyer = 0
		WHERE merchant_id = ? AND order_id = ?`

	waitingFields = `order_id, urgency, ship_by_at, ask_buyer, agreed, agreed_note, agreed_by, agreed_at, since_at`
	// selectTurn is who is served first when goods arrive.
	selectTurn = `SELECT order_id FROM fulfillment_waiting WHERE merchant_id = ? AND agreed <> 'refund' ORDER BY urgency DESC, ship_by_at, order_id LIMIT ?`
)

func dropWaiting(n int) string {
	return `DELETE FROM fulfillment_waiting WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}

func selectWaiting(n int) string {
	return wantIDs(n) + `SELECT ` + waitingFields + ` FROM want CROSS JOIN fulfillment_waiting w WHERE w.merchant_id = ? AND w.order_id = want.id`
}

// listWaiting lists who waits, the oldest first.
func listWaiting(askOnly bool) string {
	q := `SELECT ` + waitingFields + ` FROM fulfillment_waiting WHERE merchant_id = ? AND order_id > ?`
	if askOnly {
		q += ` AND ask_buyer = 1`
	}
	return q + ` ORDER BY order_id LIMIT ?`
}

// selectDues reads the deadlines of n orders.
func selectDues(n int) string {
	return wantIDs(n) + `SELECT h.id, h.ship_by_at, COALESCE(u.urgency, 0) FROM want CROSS JOIN order_head h
		LEFT JOIN fulfillment_urge u ON u.merchant_id = h.merchant_id AND u.order_id = h.id
		WHERE h.merchant_id = ? AND h.id = want.id`
}
