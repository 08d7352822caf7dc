package account

const columns = `id, kind, carrier, name, branch, branch_name, shop_id, base_url, credentials, sender, product, template, enabled, state, error_code, error_params,
	balance, balance_at, low_at, alarmed, banned_until, trouble, created_at, updated_at, version`

const (
	selectOne = `SELECT ` + columns + ` FROM logistics_account WHERE merchant_id = ? AND id = ?`
	selectAll = `SELECT ` + columns + ` FROM logistics_account WHERE merchant_id = ? ORDER BY id`
	selectUse = `SELECT account_id, kind, object_id FROM logistics_account_use WHERE merchant_id = ? ORDER BY account_id, kind, object_id`

	insertOne = `INSERT INTO logistics_account (merchant_id, id, kind, carrier, name, branch, branch_name, shop_id, base_url, credentials, sender, product, template, enabled, low_at, created_at, updated_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`
	updateOne = `UPDATE logistics_account SET name = ?, branch = ?, branch_name = ?, base_url = ?, credentials = ?, sender = ?, product = ?, template = ?, enabled = ?, low_at = ?,
		state = ?, error_code = '', error_params = '', banned_until = 0, trouble = 0, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`
	deleteUse = `DELETE FROM logistics_account_use WHERE merchant_id = ? AND account_id = ?`

	setState = `UPDATE logistics_account SET state = ?, error_code = ?, error_params = ? WHERE merchant_id = ? AND id = ? AND (state <> ? OR error_code <> ?)`
	setTrial = `UPDATE logistics_account SET banned_until = ?, trouble = trouble + 1 WHERE merchant_id = ? AND id = ? AND banned_until < ?`
	endTrial = `UPDATE logistics_account SET banned_until = 0, trouble = 0 WHERE merchant_id = ? AND id = ? AND (trouble <> 0 OR banned_until <> 0)`

	setBalance = `UPDATE logistics_account SET balance = ?, balance_at = ?, branch_name = CASE WHEN ? = '' THEN branch_name ELSE ? END WHERE merchant_id = ? AND id = ?`
	// A count that is known goes down with every number until the carrier tells anew.
	useBalance = `UPDATE logistics_account SET balance = CASE WHEN balance > ? THEN balance - ? ELSE 0 END WHERE merchant_id = ? AND id = ? AND balance >= 0`
	alarm      = `UPDATE logistics_account SET alarmed = 1 WHERE merchant_id = ? AND id = ? AND alarmed = 0 AND low_at > 0 AND balance >= 0 AND balance <= low_at`
	calm       = `UPDATE logistics_account SET alarmed = 0 WHERE merchant_id = ? AND id = ? AND alarmed = 1 AND (low_at = 0 OR balance < 0 OR balance > low_at)`
)
