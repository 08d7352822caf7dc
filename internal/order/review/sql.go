package review

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	selectVersion = `SELECT version FROM order_review_policy WHERE merchant_id = ?`
	selectPolicy  = `SELECT version, body, updated_at FROM order_review_policy WHERE merchant_id = ?`
	insertPolicy  = `INSERT INTO order_review_policy (merchant_id, version, body, updated_at, updated_by) VALUES (?, 1, ?, ?, ?) ON CONFLICT DO NOTHING`
	updatePolicy  = `UPDATE order_review_policy SET version = version + 1, body = ?, updated_at = ?, updated_by = ? WHERE merchant_id = ? AND version = ?`

	insertListed = `INSERT INTO order_review_blacklist (merchant_id, id, kind, value, label, reason, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	selectListed = `SELECT id, kind, label, reason, created_at, created_by FROM order_review_blacklist WHERE merchant_id = ? AND id < ? ORDER BY id DESC LIMIT ?`
	deleteListed = `DELETE FROM order_review_blacklist WHERE merchant_id = ? AND id = ?`
	anyListed    = `SELECT id FROM order_review_blacklist WHERE merchant_id = ? LIMIT 1`

	putWaiver = `INSERT INTO order_review_waiver (merchant_id, order_id, kind, note, waived_at, waived_by) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (merchant_id, order_id, kind) DO UPDATE SET note = excluded.note, waived_at = excluded.waived_at, waived_by = excluded.waived_by`

	// putDue: what only looks again does not take an earlier look or an approval away.
	putDue = `INSERT INTO order_review_due (merchant_id, order_id, due_at, approves) VALUES (?, ?, ?, ?) ON CONFLICT (merchant_id, order_id) DO UPDATE SET
due_at = CASE WHEN excluded.approves = 0 AND order_review_due.due_at < excluded.due_at THEN order_review_due.due_at ELSE excluded.due_at END,
approves = CASE WHEN excluded.approves = 1 THEN 1 ELSE order_review_due.approves END`
	deleteDue = `DELETE FROM order_review_due WHERE merchant_id = ? AND order_id = ?`
	selectDue = `SELECT order_id, approves FROM order_review_due WHERE merchant_id = ? AND due_at <= ? ORDER BY due_at, order_id LIMIT ?`

	// selectPast is one buyer's newest orders since an instant that did not end.
	selectPast = `SELECT id, channel_order_no, placed_at FROM order_head WHERE merchant_id = ? AND customer_id = ? AND placed_at >= ? AND state <> 80 AND order_type NOT IN ('reship', 'exchange') ORDER BY placed_at DESC, id DESC LIMIT 200`

	selectWaiting = `SELECT id FROM order_head WHERE merchant_id = ? AND state = 20 AND (placed_at, id) > (?, ?) ORDER BY placed_at, id LIMIT ?`
	selectPlaced  = `SELECT placed_at FROM order_head WHERE merchant_id = ? AND id = ?`
	selectRecent  = `SELECT id FROM order_head WHERE merchant_id = ? AND (placed_at, id) < (?, ?) AND placed_at >= ? ORDER BY placed_at DESC, id DESC LIMIT ?`
)

func selectMatches(n int) string {
	return `SELECT kind, value, reason FROM order_review_blacklist WHERE merchant_id = ? AND value IN ` + db.In(n)
}

func selectWaivers(n int) string {
	return `SELECT order_id, kind, note FROM order_review_waiver WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}

func selectPieces(n int) string {
	return `SELECT order_id, sku_id, ordered - cancelled FROM order_line WHERE merchant_id = ? AND sku_id <> 0 AND order_id IN ` + db.In(n)
}

func selectKeyed(n int) string {
	return `SELECT id FROM customer_customer WHERE merchant_id = ? AND buyer_key LIKE 'k:%' AND id IN ` + db.In(n)
}

func selectCosts(n int) string {
	return `SELECT id, cost_fen FROM catalog_sku WHERE merchant_id = ? AND cost_fen IS NOT NULL AND id IN ` + db.In(n)
}

func selectCodes(n int) string {
	return `SELECT id, code FROM catalog_sku WHERE merchant_id = ? AND code IN ` + db.In(n)
}

// selectClasses reads the classes of SKUs and of what bundles are made of.
func selectClasses(n int) string {
	return `SELECT id, classes FROM catalog_sku WHERE merchant_id = ? AND classes <> '' AND id IN ` + db.In(n)
}

func selectPartClasses(n int) string {
	return `SELECT c.bundle_sku_id, k.classes FROM catalog_component c JOIN catalog_sku k ON k.merchant_id = c.merchant_id AND k.id = c.sku_id
WHERE c.merchant_id = ? AND k.classes <> '' AND c.bundle_sku_id IN ` + db.In(n)
}
