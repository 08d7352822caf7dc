package intake

import "github.com/ordercove/ordercove/internal/kit/db"

var rowColumns = []string{"merchant_id", "id", "shop_id", "source", "parent_id", "file_id", "record_no", "channel_order_no", "body",
	"state", "error_code", "error_params", "error_field", "fingerprint", "attempts", "source_at", "created_at", "handled_at"}

const (
	setState   = `UPDATE intake_inbox SET state = ?, error_code = ?, error_params = ?, error_field = ?, attempts = attempts + 1, handled_at = ? WHERE merchant_id = ? AND id = ? AND state IN ('new', 'quarantined')`
	selectRow  = `SELECT id, shop_id, source, parent_id, file_id, record_no, channel_order_no, state, error_code, error_params, error_field, attempts, source_at, created_at, handled_at FROM intake_inbox WHERE merchant_id = ? AND id = ?`
	selectBody = `SELECT body FROM intake_inbox WHERE merchant_id = ? AND id = ?`
	selectList = `SELECT id, shop_id, source, parent_id, file_id, record_no, channel_order_no, state, error_code, error_params, error_field, attempts, source_at, created_at, handled_at FROM intake_inbox WHERE merchant_id = ? AND state = ? AND id < ? ORDER BY id DESC LIMIT ?`
	selectBad  = `SELECT id, shop_id, source, parent_id, file_id, record_no, channel_order_no, state, error_code, error_params, error_field, attempts, source_at, created_at, handled_at FROM intake_inbox WHERE merchant_id = ? AND parent_id = ? AND parent_id <> 0 AND (record_no > ? OR (record_no = ? AND id > ?)) ORDER BY record_no, id LIMIT ?`
)

// renewBody, selectWaiting and countWaiting are for orders of an API; forgetBodies
// keeps the rows and their outcome.
const (
	renewBody    = `UPDATE intake_inbox SET body = ?, fingerprint = ?, error_code = ?, error_params = ?, error_field = ?, attempts = attempts + 1, source_at = ? WHERE merchant_id = ? AND id = ? AND state = 'quarantined'`
	countWaiting = `SELECT COUNT(*) FROM (SELECT id FROM intake_inbox WHERE merchant_id = ? AND shop_id = ? AND state = 'quarantined' LIMIT ?) AS few`
	countByShop  = `SELECT shop_id, COUNT(*) FROM intake_inbox WHERE merchant_id = ? AND state = 'quarantined' GROUP BY shop_id`
	forgetBodies = `UPDATE intake_inbox SET body = NULL WHERE merchant_id = ? AND id IN (SELECT id FROM intake_inbox WHERE merchant_id = ? AND state = 'applied' AND source = 'api' AND body IS NOT NULL AND id < ? ORDER BY id LIMIT 500)`
	selectListOf = `SELECT id, shop_id, source, parent_id, file_id, record_no, channel_order_no, state, error_code, error_params, error_field, attempts, source_at, created_at, handled_at FROM intake_inbox WHERE merchant_id = ? AND state = ? AND source = ? AND id < ? ORDER BY id DESC LIMIT ?`
)

func selectWaiting(n int) string {
	return `SELECT channel_order_no, id, fingerprint FROM intake_inbox WHERE merchant_id = ? AND shop_id = ? AND state = 'quarantined' AND source = 'api' AND channel_order_no IN ` + db.In(n)
}

func dropRecords(n int) string {
	return `DELETE FROM intake_inbox WHERE merchant_id = ? AND parent_id = ? AND parent_id <> 0 AND state = 'quarantined' AND record_no IN ` + db.In(n)
}
