package word

const (
	// countWords: the kind's index holds open holds only, and these are few.
	countWords = `SELECT note, COUNT(*) FROM (
SELECT h.note FROM order_hold h JOIN order_head o ON o.merchant_id = h.merchant_id AND o.id = h.order_id
WHERE h.merchant_id = ? AND h.kind = 'channel_status_unknown' AND h.cleared_at = 0 AND o.shop_id = ? LIMIT ?) c GROUP BY note ORDER BY note`
	selectHeld = `SELECT o.id, o.shop_id, o.channel_order_no, h.note FROM order_hold h JOIN order_head o ON o.merchant_id = h.merchant_id AND o.id = h.order_id
WHERE h.merchant_id = ? AND h.kind = 'channel_status_unknown' AND h.cleared_at = 0 AND h.order_id > ? AND o.channel = ? ORDER BY h.order_id LIMIT ?`
)
