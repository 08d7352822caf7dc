package suggest

import "github.com/ordercove/ordercove/internal/kit/db"

// The literals are those of the partial index.
const selectGroups = `SELECT receiver_group FROM fulfillment_order
	WHERE merchant_id = ? AND state = 'open' AND receiver_group <> 0 AND receiver_group > ? AND sealed = '' AND hold = ''
	GROUP BY receiver_group HAVING COUNT(*) > 1 ORDER BY receiver_group LIMIT ?`

func selectMembers(n int) string {
	return `SELECT id FROM fulfillment_order
		WHERE merchant_id = ? AND state = 'open' AND receiver_group <> 0 AND sealed = '' AND hold = '' AND receiver_group IN ` + db.In(n) + ` ORDER BY receiver_group, id`
}

const (
	selectPrompts = `SELECT p.fulfillment_order_id, p.sealed_id, p.raised_at FROM fulfillment_prompt p
		JOIN fulfillment_order n ON n.merchant_id = p.merchant_id AND n.id = p.fulfillment_order_id
		JOIN fulfillment_order f ON f.merchant_id = p.merchant_id AND f.id = p.sealed_id
		WHERE p.merchant_id = ? AND p.answer = '' AND n.state = 'open' AND n.sealed = '' AND f.state = 'open' AND f.sealed <> ''
		AND (p.raised_at, p.fulfillment_order_id) > (?, ?) ORDER BY p.raised_at, p.fulfillment_order_id LIMIT ?`
	selectPrompt = `SELECT sealed_id FROM fulfillment_prompt WHERE merchant_id = ? AND fulfillment_order_id = ? AND answer = ''`
	answerPrompt = `UPDATE fulfillment_prompt SET answer = ?, answered_by = ?, answered_at = ? WHERE merchant_id = ? AND fulfillment_order_id = ? AND answer = ''`
	// A prompt whose fulfillment orders are no longer open has answered itself.
	sweepPrompts = `UPDATE fulfillment_prompt SET answer = 'gone', answered_at = ? WHERE merchant_id = ? AND answer = '' AND EXISTS (
		SELECT 1 FROM fulfillment_order f WHERE f.merchant_id = fulfillment_prompt.merchant_id
		AND f.id IN (fulfillment_prompt.fulfillment_order_id, fulfillment_prompt.sealed_id) AND f.state <> 'open')`

	moveAllocations = `INSERT INTO fulfillment_allocation (merchant_id, fulfillment_order_id, line_id, order_id, quantity, shipped)
		SELECT merchant_id, CAST(? AS BIGINT), line_id, order_id, quantity, 0 FROM fulfillment_allocation WHERE merchant_id = ? AND fulfillment_order_id = ?
		ON CONFLICT (merchant_id, fulfillment_order_id, line_id) DO UPDATE SET quantity = fulfillment_allocation.quantity + excluded.quantity`
	replaceOrder = `UPDATE fulfillment_order SET state = 'replaced', updated_at = ? WHERE merchant_id = ? AND id = ? AND state = 'open' AND version = ?`

	selectMergeOf = `SELECT e.id FROM fulfillment_edit_order o JOIN fulfillment_edit e ON e.merchant_id = o.merchant_id AND e.id = o.edit_id
		WHERE o.merchant_id = ? AND o.fulfillment_order_id = ? AND o.side = 'before' AND e.kind = 'merge' AND e.undone_at = 0 ORDER BY e.id DESC LIMIT 1`
)

var (
	editColumns      = []string{"merchant_id", "id", "kind", "made_by", "made_at"}
	editOrderColumns = []string{"merchant_id", "edit_id", "fulfillment_order_id", "side"}
	groupColumns     = []string{"merchant_id", "order_id", "group_no", "receiver", "told_at"}
)

const (
	putGroup = `ON CONFLICT (merchant_id, order_id) DO UPDATE SET group_no = excluded.group_no, receiver = excluded.receiver, told_at = excluded.told_at`
	// What goes into the group's column is what fulfillment would find there by itself: it
	// makes no other version.
	setGroup = `UPDATE fulfillment_order SET receiver_group = ?, updated_at = ? WHERE merchant_id = ? AND state = 'open' AND order_count = 1 AND receiver_group <> ?
		AND id IN (SELECT a.fulfillment_order_id FROM fulfillment_allocation a WHERE a.merchant_id = ? AND a.order_id = ?)`
)

// selectUnknown reads the open orders of shops whose channel tells who receives them.
func selectUnknown(n int) string {
	return `SELECT DISTINCT h.id, h.shop_id, h.channel_order_no, h.receiver_masked || '|' || h.province || '|' || h.city || '|' || h.district, COALESCE(g.group_no, 0), COALESCE(g.receiver, 0)
		FROM fulfillment_order f
		JOIN fulfillment_allocation a ON a.merchant_id = f.merchant_id AND a.fulfillment_order_id = f.id
		JOIN order_head h ON h.merchant_id = a.merchant_id AND h.id = a.order_id
		LEFT JOIN fulfillment_group g ON g.merchant_id = h.merchant_id AND g.order_id = h.id
		WHERE f.merchant_id = ? AND f.state = 'open' AND f.kind = 'express' AND f.shop_id IN ` + db.In(n) + `
		AND h.receiver_kind IN ('masked', 'sealed') ORDER BY h.id DESC LIMIT ?`
}

func selectOpenOf(n int) string {
	return `SELECT DISTINCT f.id FROM fulfillment_allocation a JOIN fulfillment_order f ON f.merchant_id = a.merchant_id AND f.id = a.fulfillment_order_id
		WHERE a.merchant_id = ? AND f.state = 'open' AND f.sealed = '' AND f.receiver_group <> 0 AND a.order_id IN ` + db.In(n) + ` ORDER BY f.id`
}
