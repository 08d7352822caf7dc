package choose

var priceColumns = []string{"merchant_id", "id", "account_id", "product", "warehouse_id", "province", "city", "district", "first_gram", "first_fen", "step_gram", "step_fen", "volume_divisor", "updated_at"}

const (
	priceFields    = `account_id, id, product, warehouse_id, province, city, district, first_gram, first_fen, step_gram, step_fen, volume_divisor`
	selectPrices   = `SELECT ` + priceFields + ` FROM logistics_price WHERE merchant_id = ? ORDER BY account_id, id`
	selectPricesOf = `SELECT ` + priceFields + ` FROM logistics_price WHERE merchant_id = ? AND account_id = ? ORDER BY id`
	deletePrices   = `DELETE FROM logistics_price WHERE merchant_id = ? AND account_id = ?`

	suspensionFields  = `id, account_id, carrier, province, city, district, starts_at, ends_at, reason, created_at, actor_id, actor_name`
	selectSuspensions = `SELECT ` + suspensionFields + ` FROM logistics_suspension WHERE merchant_id = ? AND (ends_at = 0 OR ends_at > ?) ORDER BY id`
	selectSuspension  = `SELECT ` + suspensionFields + ` FROM logistics_suspension WHERE merchant_id = ? AND id = ?`
	insertSuspension  = `INSERT INTO logistics_suspension (merchant_id, ` + suspensionFields + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	endSuspension     = `UPDATE logistics_suspension SET ends_at = ? WHERE merchant_id = ? AND id = ? AND (ends_at = 0 OR ends_at > ?)`

	ruleFields  = `id, position, name, condition, effect, accounts, product, enabled, updated_at, version`
	selectRules = `SELECT ` + ruleFields + ` FROM logistics_choice_rule WHERE merchant_id = ? ORDER BY position, id`
	insertRule  = `INSERT INTO logistics_choice_rule (merchant_id, id, position, name, condition, effect, accounts, product, enabled, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`
	updateRule  = `UPDATE logistics_choice_rule SET position = ?, name = ?, condition = ?, effect = ?, accounts = ?, product = ?, enabled = ?, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`
	deleteRule  = `DELETE FROM logistics_choice_rule WHERE merchant_id = ? AND id = ?`
)
