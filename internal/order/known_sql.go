package order

import "github.com/ordercove/ordercove/internal/kit/db"

func selectPlaced(n int) string {
	return `SELECT channel_order_no, placed_at FROM order_head WHERE merchant_id = ? AND shop_id = ? AND channel_order_no IN ` + db.In(n)
}
