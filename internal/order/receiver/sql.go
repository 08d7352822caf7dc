package receiver

import "github.com/ordercove/ordercove/internal/kit/db"

// lookupChunk is how many receivers one statement reads.
const lookupChunk = 500

var (
	names      = []string{"merchant_id", "order_id", "sealed"}
	tokenNames = []string{"merchant_id", "quarter", "kind", "token", "placed_at", "order_id"}
)

const (
	put         = `INSERT INTO order_receiver (merchant_id, order_id, sealed) VALUES (?, ?, ?) ON CONFLICT (merchant_id, order_id) DO UPDATE SET sealed = excluded.sealed`
	deleteToken = `DELETE FROM order_token WHERE merchant_id = ? AND quarter = ? AND kind = ? AND token = ? AND placed_at = ? AND order_id = ?`
)

func selectSealed(n int) string {
	return `SELECT order_id, sealed FROM order_receiver WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}
