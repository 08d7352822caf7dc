package tally

// foldBatch is how many deltas one transaction folds.
const foldBatch = 2000

var deltaNames = []string{"merchant_id", "id", "shop_id", "bucket", "day", "n", "fen"}

const (
	// takeDeltas removes what it returns, so that two folders never add a row twice.
	takeDeltas = `DELETE FROM order_count_delta WHERE merchant_id = ? AND id IN (SELECT id FROM order_count_delta WHERE merchant_id = ? ORDER BY id LIMIT ?) RETURNING shop_id, bucket, day, n, fen`
	addCount   = `INSERT INTO order_count (merchant_id, shop_id, bucket, day, n, fen) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (merchant_id, shop_id, bucket, day) DO UPDATE SET n = order_count.n + excluded.n, fen = order_count.fen + excluded.fen`
)
