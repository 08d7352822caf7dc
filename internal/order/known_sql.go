package order

const selectPlaced = `SELECT id, channel_order_no, placed_at, source FROM order_head
	WHERE merchant_id = ? AND shop_id = ? AND placed_at >= ? AND (placed_at > ? OR id > ?) AND placed_at < ? ORDER BY placed_at, id LIMIT ?`
