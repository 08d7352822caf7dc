package bulk

import "github.com/ordercove/ordercove/internal/kit/db"

// selectOpenOf finds the open fulfillment orders of orders.
func selectOpenOf(n int) string {
	return `SELECT a.order_id, h.shop_id, f.id FROM fulfillment_allocation a
	JOIN fulfillment_order f ON f.merchant_id = a.merchant_id AND f.id = a.fulfillment_order_id AND f.state = 'open'
	JOIN order_head h ON h.merchant_id = a.merchant_id AND h.id = a.order_id
	WHERE a.merchant_id = ? AND a.order_id IN ` + db.In(n) + ` ORDER BY f.id`
}

// selectNumbers are the channels' numbers of the orders in fulfillment orders.
func selectNumbers(n int) string {
	return `SELECT DISTINCT a.fulfillment_order_id, h.channel_order_no FROM fulfillment_allocation a
	JOIN order_head h ON h.merchant_id = a.merchant_id AND h.id = a.order_id
	WHERE a.merchant_id = ? AND a.fulfillment_order_id IN ` + db.In(n) + ` ORDER BY h.channel_order_no`
}
