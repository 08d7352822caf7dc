package waiting

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	// beginWaiting gives an order that could not be reserved, and that nobody routed
	// yet, the row on which an agreement is kept.
	beginWaiting = `INSERT INTO fulfillment_waiting (merchant_id, order_id, urgency, ship_by_at, since_at)
		SELECT x.merchant_id, x.order_id, COALESCE(u.urgency, 0), CASE WHEN h.ship_by_at = 0 THEN 9223372036854775807 ELSE h.ship_by_at END, x.raised_at
		FROM order_hold x JOIN order_head h ON h.merchant_id = x.merchant_id AND h.id = x.order_id
		LEFT JOIN fulfillment_urge u ON u.merchant_id = x.merchant_id AND u.order_id = x.order_id
		WHERE x.merchant_id = ? AND x.order_id = ? AND x.kind = 'out_of_stock' AND x.cleared_at = 0 AND h.state IN (20, 30, 40)
		ON CONFLICT (merchant_id, order_id) DO NOTHING`
	agreeWaiting = `UPDATE fulfillment_waiting SET agreed = ?, agreed_note = ?, agreed_by = ?, agreed_at = ?, promised_at = ?, replace_sku_id = ?, ask_buyer = 0
		WHERE merchant_id = ? AND order_id = ?`

	// waits are the orders that wait, as (order_id, since_at): those that were routed in
	// vain, and those for which nothing could be reserved.
	waits = `SELECT w.order_id AS order_id, w.since_at AS since_at FROM fulfillment_waiting w WHERE w.merchant_id = ?
		UNION ALL SELECT x.order_id, x.raised_at FROM order_hold x WHERE x.merchant_id = ? AND x.kind = 'out_of_stock' AND x.cleared_at = 0
		AND NOT EXISTS (SELECT 1 FROM fulfillment_waiting w WHERE w.merchant_id = x.merchant_id AND w.order_id = x.order_id)`
	// stillWaits leaves out those that are done with, and those whose goods were reserved
	// since and that nobody approved: routing comes with approval. The sum keeps
	// planners that know nothing of the tables yet from reading every open order for each
	// one that waits.
	stillWaits = `h.state + 0 IN (20, 30, 40) AND h.history = 0 AND h.archived = 0
		AND (h.approved_at <> 0 OR EXISTS (SELECT 1 FROM order_hold x WHERE x.merchant_id = h.merchant_id AND x.order_id = h.id AND x.kind = 'out_of_stock' AND x.cleared_at = 0))`
	// lacking are lines with pieces that neither left nor stand in a warehouse.
	lacking = `l.ordered - l.cancelled - l.shipped > 0 AND l.ordered - l.cancelled - l.allocated > 0 AND l.sku_id <> 0`

	countWaits = `SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN h.ship_by_at > 0 AND h.ship_by_at < ? THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(COALESCE(a.ask_buyer, 0)), 0) AS BIGINT)
		FROM (` + waits + `) v JOIN order_head h ON h.merchant_id = ? AND h.id = v.order_id
		LEFT JOIN fulfillment_waiting a ON a.merchant_id = ? AND a.order_id = v.order_id
		WHERE ` + stillWaits + ` AND EXISTS (SELECT 1 FROM order_line l WHERE l.merchant_id = h.merchant_id AND l.order_id = h.id AND ` + lacking + `)`

	selectMissing = `SELECT v.order_id, v.since_at, COALESCE(a.ask_buyer, 0), COALESCE(a.agreed, ''), COALESCE(u.urgency, 0), h.shop_id, h.ship_by_at, h.approved_at,
		l.id, COALESCE(c.sku_id, l.sku_id), (l.ordered - l.cancelled - l.shipped) * COALESCE(c.quantity, 1), (l.ordered - l.cancelled - l.allocated) * COALESCE(c.quantity, 1),
		CAST(COALESCE((SELECT SUM(r.quantity) FROM inventory_reservation r WHERE r.merchant_id = l.merchant_id AND r.order_id = l.order_id AND r.line_id = l.id
			AND r.sku_id = COALESCE(c.sku_id, l.sku_id)), 0) AS BIGINT)
		FROM (` + waits + `) v JOIN order_head h ON h.merchant_id = ? AND h.id = v.order_id
		JOIN order_line l ON l.merchant_id = ? AND l.order_id = v.order_id
		LEFT JOIN catalog_component c ON c.merchant_id = ? AND c.bundle_sku_id = l.sku_id
		LEFT JOIN fulfillment_waiting a ON a.merchant_id = ? AND a.order_id = v.order_id
		LEFT JOIN fulfillment_urge u ON u.merchant_id = ? AND u.order_id = v.order_id
		WHERE ` + stillWaits + ` AND ` + lacking
	byOrder = ` ORDER BY v.order_id, l.position, l.id`

	selectAnybody = `SELECT order_id FROM order_hold WHERE merchant_id = ? AND kind = 'out_of_stock' AND cleared_at = 0
		UNION ALL SELECT order_id FROM fulfillment_waiting WHERE merchant_id = ? LIMIT 1`

	// selectQueue is who waits for something of which a warehouse has some free; unpaid
	// orders are among them where shops reserve when an order is placed.
	selectQueue = `SELECT h.id, COALESCE(u.urgency, 0), h.ship_by_at
		FROM (SELECT x.order_id AS order_id FROM order_hold x WHERE x.merchant_id = ? AND x.kind = 'out_of_stock' AND x.cleared_at = 0
			UNION SELECT w.order_id FROM fulfillment_waiting w WHERE w.merchant_id = ?) v
		JOIN order_head h ON h.merchant_id = ? AND h.id = v.order_id
		LEFT JOIN fulfillment_waiting a ON a.merchant_id = ? AND a.order_id = v.order_id
		LEFT JOIN fulfillment_urge u ON u.merchant_id = ? AND u.order_id = v.order_id
		WHERE h.state + 0 IN (10, 20, 30, 40) AND h.history = 0 AND h.archived = 0 AND COALESCE(a.agreed, '') <> 'refund'
		AND EXISTS (SELECT 1 FROM ` + freeFor + ` l.merchant_id = h.merchant_id AND l.order_id = h.id)`

	// freeFor are the lines of orders of whose goods a warehouse has some free.
	freeFor = `order_line l LEFT JOIN catalog_component c ON c.merchant_id = l.merchant_id AND c.bundle_sku_id = l.sku_id
			JOIN inventory_balance b ON b.merchant_id = l.merchant_id AND b.sku_id = COALESCE(c.sku_id, l.sku_id)
			WHERE l.ordered - l.cancelled - l.shipped > 0 AND l.sku_id <> 0 AND b.condition = 'good' AND b.on_hand - b.reserved + b.backorder > 0 AND`
)

// missingOf is selectMissing, of some shops where n > 0.
func missingOf(n int) string {
	q := selectMissing
	if n > 0 {
		q += ` AND h.shop_id IN ` + db.In(n)
	}
	return q + byOrder
}

// countOf is countWaits, of some shops where n > 0.
func countOf(n int) string {
	if n == 0 {
		return countWaits
	}
	return countWaits + ` AND h.shop_id IN ` + db.In(n)
}

// selectAgreed reads what was agreed for n orders.
func selectAgreed(n int) string {
	return `SELECT order_id, ask_buyer, agreed, agreed_note, agreed_by, agreed_at, promised_at, replace_sku_id FROM fulfillment_waiting
		WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}

// selectServable says for which of n orders something is free by now. The aggregate keeps
// the planner at one order after the other: as a join it read the lines of every SKU.
func selectServable(n int) string {
	return `SELECT h.id FROM order_head h WHERE h.merchant_id = ? AND h.id IN ` + db.In(n) + `
		AND COALESCE((SELECT MAX(1) FROM ` + freeFor + ` l.merchant_id = h.merchant_id AND l.order_id = h.id), 0) = 1`
}

// selectRouted says which of n orders are to be refunded, and which were routed in vain and
// may be routed again.
func selectRouted(n int) string {
	return `SELECT w.order_id, CASE WHEN w.agreed = 'refund' THEN 1 ELSE 0 END, CASE WHEN h.approved_at <> 0 THEN 1 ELSE 0 END
		FROM fulfillment_waiting w JOIN order_head h ON h.merchant_id = w.merchant_id AND h.id = w.order_id
		WHERE w.merchant_id = ? AND w.order_id IN ` + db.In(n)
}

// selectMisses reads what each line of those of n orders that are out of stock is short of,
// and the warehouse it is reserved in first.
func selectMisses(n int) string {
	return `SELECT l.order_id, CASE WHEN h.warehouse_id <> 0 THEN h.warehouse_id WHEN s.warehouse_id <> 0 THEN s.warehouse_id
			ELSE COALESCE((SELECT w.id FROM inventory_warehouse w WHERE w.merchant_id = h.merchant_id AND w.is_default = 1), 0) END,
		COALESCE(c.sku_id, l.sku_id), (l.ordered - l.cancelled - l.shipped) * COALESCE(c.quantity, 1)
			- CAST(COALESCE((SELECT SUM(r.quantity) FROM inventory_reservation r WHERE r.merchant_id = l.merchant_id AND r.order_id = l.order_id AND r.line_id = l.id
			AND r.sku_id = COALESCE(c.sku_id, l.sku_id)), 0) AS BIGINT)
		FROM order_hold x JOIN order_head h ON h.merchant_id = x.merchant_id AND h.id = x.order_id
		JOIN shop_shop s ON s.merchant_id = h.merchant_id AND s.id = h.shop_id
		JOIN order_line l ON l.merchant_id = h.merchant_id AND l.order_id = h.id
		LEFT JOIN catalog_component c ON c.merchant_id = l.merchant_id AND c.bundle_sku_id = l.sku_id
		WHERE x.merchant_id = ? AND x.order_id IN ` + db.In(n) + ` AND x.kind = 'out_of_stock' AND x.cleared_at = 0
		AND l.ordered - l.cancelled - l.shipped > 0 AND l.sku_id <> 0 AND l.quantity_known = 1`
}

// selectStock reads what of n SKUs is there and what of it is free, all warehouses together.
func selectStock(n int) string {
	return `SELECT sku_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(on_hand - reserved) AS BIGINT) FROM inventory_balance
		WHERE merchant_id = ? AND condition = 'good' AND sku_id IN ` + db.In(n) + ` GROUP BY sku_id`
}

// endWaiting drops the rows of those of n orders that wait no more.
func endWaiting(n int) string {
	return `DELETE FROM fulfillment_waiting WHERE merchant_id = ? AND order_id IN ` + db.In(n) + `
		AND NOT EXISTS (SELECT 1 FROM order_head h JOIN order_line l ON l.merchant_id = h.merchant_id AND l.order_id = h.id
			WHERE h.merchant_id = fulfillment_waiting.merchant_id AND h.id = fulfillment_waiting.order_id AND ` + stillWaits + ` AND ` + lacking + `)`
}
