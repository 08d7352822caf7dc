package waiting

const (
	agreeWaiting = `UPDATE fulfillment_waiting SET agreed = ?, agreed_note = ?, agreed_by = ?, agreed_at = ?, ask_buyer = 0
		WHERE merchant_id = ? AND order_id = ?`

	waitingFields = `order_id, urgency, ship_by_at, ask_buyer, agreed, agreed_note, agreed_by, agreed_at, since_at`
	// selectTurn is who is served first when goods arrive.
	selectTurn = `SELECT order_id FROM fulfillment_waiting WHERE merchant_id = ? AND agreed <> 'refund' ORDER BY urgency DESC, ship_by_at, order_id LIMIT ?`
)

// listWaiting lists who waits, the oldest first.
func listWaiting(askOnly bool) string {
	q := `SELECT ` + waitingFields + ` FROM fulfillment_waiting WHERE merchant_id = ? AND order_id > ?`
	if askOnly {
		q += ` AND ask_buyer = 1`
	}
	return q + ` ORDER BY order_id LIMIT ?`
}
