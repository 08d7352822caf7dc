package progress

import "github.com/ordercove/ordercove/internal/kit/db"

const inChunks = 256

const addPicked = `UPDATE order_line SET picked = CASE WHEN picked + ? < 0 THEN 0 ELSE picked + ? END WHERE merchant_id = ? AND order_id = ? AND id = ?`

func lockOrders(n int) string {
	return `SELECT id FROM order_head WHERE merchant_id = ? AND id IN ` + db.In(n) + ` ORDER BY id FOR UPDATE`
}
