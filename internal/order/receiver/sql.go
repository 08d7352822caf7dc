package receiver

import "github.com/ordercove/ordercove/internal/kit/db"

// lookupChunk is how many receivers one statement reads.
const lookupChunk = 500

var (
	names      = []string{"merchant_id", "order_id", "sealed"}
	tokenNames = []string{"merchant_id", "quarter", "kind", "token", "placed_at", "order_id"}
)

const (
	put          = `INSERT INTO order_receiver (merchant_id, order_id, sealed) VALUES (?, ?, ?) ON CONFLICT (merchant_id, order_id) DO UPDATE SET sealed = excluded.sealed`
	skipConflict = `ON CONFLICT DO NOTHING`
	deleteToken  = `DELETE FROM order_token WHERE merchant_id = ? AND quarter = ? AND kind = ? AND token = ? AND placed_at = ? AND order_id = ?`

	selectWish = `SELECT generation, wanted, built FROM order_address_search WHERE merchant_id = ?`
	putWish    = `INSERT INTO order_address_search (merchant_id, generation, wanted, built, changed_at) VALUES (?, ?, ?, 0, ?)
ON CONFLICT (merchant_id) DO UPDATE SET generation = excluded.generation, wanted = excluded.wanted, built = 0, changed_at = excluded.changed_at`
	setBuilt    = `UPDATE order_address_search SET built = 1 WHERE merchant_id = ? AND generation = ?`
	countOrders = `SELECT COALESCE(SUM(n), 0) FROM (
		SELECT n FROM order_count WHERE merchant_id = ? AND day = 0 AND bucket IN ('all', 'archived')
		UNION ALL SELECT n FROM order_count_delta WHERE merchant_id = ? AND day = 0 AND bucket IN ('all', 'archived')) c`
	selectQuarterFrom = `SELECT MIN(quarter) FROM order_token WHERE merchant_id = ? AND quarter >= ?`
	deletePage        = `DELETE FROM order_token WHERE merchant_id = ? AND quarter = ? AND kind = ? AND (token, placed_at, order_id) IN (
		SELECT token, placed_at, order_id FROM order_token WHERE merchant_id = ? AND quarter = ? AND kind = ? ORDER BY token, placed_at, order_id LIMIT ?)`
)

func selectSealed(n int) string {
	return `SELECT order_id, sealed FROM order_receiver WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}

func headsAfter(lock bool) string {
	q := `SELECT id, placed_at, province, city, district FROM order_head WHERE merchant_id = ? AND id > ? ORDER BY id LIMIT ?`
	if lock {
		q += ` FOR UPDATE`
	}
	return q
}
