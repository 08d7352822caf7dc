package routing

import "github.com/ordercove/ordercove/internal/kit/db"

// selectCandidates lists approved orders that have not left, in the order in which they
// are served; missing only those of which something is allocated to nobody. The states
// are those of the partial index.
func selectCandidates(missing bool) string {
	q := `SELECT h.id FROM order_head h LEFT JOIN fulfillment_urge u ON u.merchant_id = h.merchant_id AND u.order_id = h.id
		WHERE h.merchant_id = ? AND h.state IN (30, 40) AND h.history = 0 AND h.archived = 0
		AND NOT EXISTS (SELECT 1 FROM fulfillment_waiting w WHERE w.merchant_id = h.merchant_id AND w.order_id = h.id AND w.agreed = 'refund')`
	if missing {
		q += ` AND EXISTS (SELECT 1 FROM order_line l WHERE l.merchant_id = h.merchant_id AND l.order_id = h.id AND l.ordered - l.cancelled > l.allocated)`
	}
	return q + ` ORDER BY COALESCE(u.urgency, 0) DESC, CASE WHEN h.ship_by_at = 0 THEN 1 ELSE 0 END, h.ship_by_at, h.id LIMIT ?`
}

// selectOpen reads what open fulfillment orders hold of n orders.
func selectOpen(n int) string {
	return `SELECT a.order_id, a.line_id, a.quantity - a.shipped, f.warehouse_id, CASE WHEN f.sealed <> '' OR f.order_count > 1 THEN 1 ELSE 0 END
		FROM fulfillment_allocation a JOIN fulfillment_order f ON f.merchant_id = a.merchant_id AND f.id = a.fulfillment_order_id
		WHERE a.merchant_id = ? AND f.state = 'open' AND a.quantity > a.shipped AND a.order_id IN ` + db.In(n) + ` ORDER BY a.order_id, a.line_id, f.id`
}
