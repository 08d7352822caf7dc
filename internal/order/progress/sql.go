package progress

import "github.com/ordercove/ordercove/internal/kit/db"

const inChunks = 256

const addPicked = `UPDATE order_line SET picked = CASE WHEN picked + ? < 0 THEN 0 ELSE picked + ? END WHERE merchant_id = ? AND order_id = ? AND id = ?`

// addReturned takes no more than has left and not come back.
const addReturned = `UPDATE order_line SET returned_good = returned_good + ?, returned_defective = returned_defective + ?
	WHERE merchant_id = ? AND order_id = ? AND id = ? AND returned_good + returned_defective + ? <= shipped + reshipped`

// setReshipped writes what was sent again of a line, where it is another number.
const setReshipped = `UPDATE order_line SET reshipped = ? WHERE merchant_id = ? AND order_id = ? AND id = ? AND reshipped <> ?`

func lockOrders(n int) string {
	return `SELECT id FROM order_head WHERE merchant_id = ? AND id IN ` + db.In(n) + ` ORDER BY id FOR UPDATE`
}
