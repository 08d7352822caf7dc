package access

const columns = `shop_id, base_url, credentials, app, hook, tokens, token_version, account, token_at, expires_at, refresh_expires_at, state, error_code, error_params, alarmed, tuning, created_at, updated_at, version`

const (
	selectOne  = `SELECT ` + columns + ` FROM channel_access WHERE merchant_id = ? AND shop_id = ?`
	selectAll  = `SELECT ` + columns + ` FROM channel_access WHERE merchant_id = ? ORDER BY shop_id`
	selectName = `SELECT shop_id FROM channel_access WHERE merchant_id = ? AND account = ? AND app = ? ORDER BY shop_id LIMIT 1`

	insertOne = `INSERT INTO channel_access (merchant_id, shop_id, base_url, credentials, app, hook, account, state, tuning, created_at, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, 1)`
	updateOne = `UPDATE channel_access SET base_url = ?, credentials = ?, app = ?, tuning = ?, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND shop_id = ? AND version = ?`
	deleteOne = `DELETE FROM channel_access WHERE merchant_id = ? AND shop_id = ?`

	// claimRenewal lets one process renew, and only the token it saw.
	claimRenewal = `UPDATE channel_access SET refresh_until = ? WHERE merchant_id = ? AND shop_id = ? AND token_version = ? AND refresh_until <= ?`
	freeRenewal  = `UPDATE channel_access SET refresh_until = 0 WHERE merchant_id = ? AND shop_id = ? AND token_version = ?`
	saveToken    = `UPDATE channel_access SET tokens = ?, token_version = token_version + 1, account = ?, token_at = ?, expires_at = ?, refresh_expires_at = ?, refresh_until = 0,
		state = 'ok', error_code = '', error_params = '', alarmed = 0, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND shop_id = ? AND token_version = ?`
	dropToken = `UPDATE channel_access SET tokens = NULL, token_version = token_version + 1, account = '', token_at = 0, expires_at = 0, refresh_expires_at = 0, refresh_until = 0, alarmed = 0
		WHERE merchant_id = ? AND shop_id = ?`
	setState = `UPDATE channel_access SET state = ?, error_code = ?, error_params = ?, updated_at = ? WHERE merchant_id = ? AND shop_id = ? AND (state <> ? OR error_code <> ?)`
	setAlarm = `UPDATE channel_access SET alarmed = ?, state = ?, updated_at = ? WHERE merchant_id = ? AND shop_id = ? AND alarmed <> ?`

	insertHook = `INSERT INTO channel_hook (digest, merchant_id, shop_id, created_at) VALUES (?, ?, ?, ?)`
	selectHook = `SELECT merchant_id, shop_id FROM channel_hook WHERE digest = ?`
	deleteHook = `DELETE FROM channel_hook WHERE digest = ? AND merchant_id = ? AND shop_id = ?`

	insertConsent = `INSERT INTO channel_consent (merchant_id, digest, shop_id, user_id, redirect, expires_at) VALUES (?, ?, ?, ?, ?, ?)`
	selectConsent = `SELECT shop_id, user_id, redirect, expires_at FROM channel_consent WHERE merchant_id = ? AND digest = ?`
	deleteConsent = `DELETE FROM channel_consent WHERE merchant_id = ? AND digest = ?`
	sweepConsents = `DELETE FROM channel_consent WHERE merchant_id = ? AND expires_at < ?`
)
