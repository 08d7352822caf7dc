package customer

import "github.com/ordercove/ordercove/internal/kit/db"

var insertColumns = []string{"merchant_id", "id", "shop_id", "buyer_key", "nick", "first_order_at", "last_order_at", "created_at"}

// keepFirst: another transaction may have met the buyer a moment earlier.
const keepFirst = `ON CONFLICT (merchant_id, shop_id, buyer_key) DO NOTHING`

// widen moves both ends of the span outwards only, so that an old file imported
// later never makes a buyer look new.
const widen = `UPDATE customer_customer SET
	first_order_at = CASE WHEN first_order_at > ? THEN ? ELSE first_order_at END,
	last_order_at = CASE WHEN last_order_at < ? THEN ? ELSE last_order_at END
	WHERE merchant_id = ? AND id = ?`

// selectSeen finds the buyers of one shop by n keys.
func selectSeen(n int) string {
	return `SELECT id, buyer_key, first_order_at, last_order_at FROM customer_customer
	WHERE merchant_id = ? AND shop_id = ? AND buyer_key IN ` + db.In(n)
}
