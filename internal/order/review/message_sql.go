package review

const (
	insertMessage  = `INSERT INTO order_review_message (merchant_id, id, order_id, kind, text, way, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	selectMessages = `SELECT id, kind, text, way, created_at, created_by, sent_at FROM order_review_message WHERE merchant_id = ? AND order_id = ? ORDER BY id DESC LIMIT 50`
	selectMessage  = `SELECT order_id, kind, way, sent_at FROM order_review_message WHERE merchant_id = ? AND id = ?`
	// A message that is sent stays so: whoever is second changes nothing.
	sendMessage   = `UPDATE order_review_message SET sent_at = ?, sent_by = ? WHERE merchant_id = ? AND id = ? AND sent_at = 0`
	refuseMessage = `UPDATE order_review_message SET way = 'refused' WHERE merchant_id = ? AND id = ? AND sent_at = 0`
)
