package iam

import "github.com/ordercove/ordercove/internal/kit/db"

// Merchants and setup. These tables are global: they are found by code or digest
// before a merchant is known.
const (
	insertMerchant       = `INSERT INTO iam_merchant (id, code, name, time_zone, created_at) VALUES (?, ?, ?, ?, ?)`
	selectMerchants      = `SELECT id, code, name, time_zone, created_at FROM iam_merchant ORDER BY id`
	selectMerchant       = `SELECT id, code, name, time_zone, created_at FROM iam_merchant WHERE id = ?`
	selectMerchantByCode = `SELECT id FROM iam_merchant WHERE code = ?`

	dropSetupTokens  = `DELETE FROM iam_setup WHERE used_at = 0`
	insertSetupToken = `INSERT INTO iam_setup (digest, created_at) VALUES (?, ?)`
	useSetupToken    = `UPDATE iam_setup SET used_at = ? WHERE digest = ? AND used_at = 0 AND created_at > ?`
)

// Attempts.
const (
	countAttempt = `INSERT INTO iam_attempt (bucket, failures, blocked_until, at) VALUES (?, 1, 0, ?)
ON CONFLICT (bucket) DO UPDATE SET failures = CASE WHEN iam_attempt.at < ? THEN 1 ELSE iam_attempt.failures + 1 END, at = excluded.at
RETURNING failures, blocked_until`
	blockAttempt    = `UPDATE iam_attempt SET blocked_until = ? WHERE bucket = ?`
	clearAttempt    = `DELETE FROM iam_attempt WHERE bucket = ?`
	giveBackAttempt = `UPDATE iam_attempt SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END, blocked_until = 0 WHERE bucket = ?`
	sweepAttempts   = `DELETE FROM iam_attempt WHERE at < ?`
)

// Logging in. The updates that return columns lock the row on both engines.
const (
	selectLogin = `SELECT id, display_name, password_hash, active FROM iam_user WHERE merchant_id = ? AND user_name = ?`
	lockLogin   = `UPDATE iam_user SET last_login_at = last_login_at WHERE merchant_id = ? AND id = ?
RETURNING password_hash, active, totp_sealed, totp_enabled, totp_last_step, recovery_hashes`
	markLogin = `UPDATE iam_user SET last_login_at = ?, password_hash = ? WHERE merchant_id = ? AND id = ?`
)

// Sessions.
const (
	insertSession = `INSERT INTO iam_session (digest, merchant_id, id, user_id, created_at, seen_at, expires_at, ip, user_agent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	selectSession  = `SELECT merchant_id, user_id, seen_at, expires_at, revoked_at FROM iam_session WHERE digest = ?`
	touchSession   = `UPDATE iam_session SET seen_at = ? WHERE digest = ? AND seen_at <= ?`
	selectSessions = `SELECT id, user_id, created_at, seen_at, expires_at, ip, user_agent, CASE WHEN digest = ? THEN 1 ELSE 0 END
FROM iam_session WHERE merchant_id = ? AND user_id = ? AND revoked_at = 0 AND expires_at > ? AND seen_at > ?
ORDER BY created_at DESC, id DESC LIMIT ?`
	// Sessions past the newest few end.
	endOldestSessions = `UPDATE iam_session SET revoked_at = ? WHERE merchant_id = ? AND user_id = ? AND revoked_at = 0 AND id NOT IN (
SELECT n.id FROM (SELECT id FROM iam_session WHERE merchant_id = ? AND user_id = ? AND revoked_at = 0 AND expires_at > ?
ORDER BY created_at DESC, id DESC LIMIT ?) AS n)`
	endSession      = `UPDATE iam_session SET revoked_at = ? WHERE digest = ? AND merchant_id = ? AND user_id = ? AND revoked_at = 0`
	endSessionByID  = `UPDATE iam_session SET revoked_at = ? WHERE merchant_id = ? AND user_id = ? AND id = ? AND revoked_at = 0`
	endUserSessions = `UPDATE iam_session SET revoked_at = ? WHERE merchant_id = ? AND user_id = ? AND revoked_at = 0 AND digest <> ?`
	sweepSessions   = `DELETE FROM iam_session WHERE expires_at < ?`
)

// Users.
const (
	userSelect = `SELECT id, user_name, display_name, lang, active, must_change_password, totp_enabled, shop_ids, warehouse_ids, created_at, last_login_at, version
FROM iam_user`
	selectUser     = userSelect + ` WHERE merchant_id = ? AND id = ?`
	selectUsers    = userSelect + ` WHERE merchant_id = ? AND id > ? ORDER BY id LIMIT ?`
	selectPassword = `SELECT password_hash FROM iam_user WHERE merchant_id = ? AND id = ?`
	updateUser     = `UPDATE iam_user SET display_name = ?, lang = ?, active = ?, shop_ids = ?, warehouse_ids = ?, version = version + 1
WHERE merchant_id = ? AND id = ? AND (version = ? OR ? = 0)`
	updateMe    = `UPDATE iam_user SET display_name = ?, lang = ?, version = version + 1 WHERE merchant_id = ? AND id = ?`
	setPassword = `UPDATE iam_user SET password_hash = ?, must_change_password = ?, version = version + 1 WHERE merchant_id = ? AND id = ?`

	insertUserRole  = `INSERT INTO iam_user_role (merchant_id, user_id, role_id) VALUES (?, ?, ?)`
	deleteUserRoles = `DELETE FROM iam_user_role WHERE merchant_id = ? AND user_id = ?`
	countOwners     = `SELECT COUNT(*) FROM iam_role r
JOIN iam_user_role ur ON ur.merchant_id = r.merchant_id AND ur.role_id = r.id
JOIN iam_user u ON u.merchant_id = ur.merchant_id AND u.id = ur.user_id
WHERE r.merchant_id = ? AND r.code = ? AND r.built_in = 1 AND u.active = 1`
)

var userColumns = []string{"merchant_id", "id", "user_name", "display_name", "password_hash", "must_change_password", "lang",
	"shop_ids", "warehouse_ids", "created_at", "last_login_at", "version"}

// The second factor.
const (
	beginTOTP  = `UPDATE iam_user SET totp_sealed = ?, totp_last_step = 0 WHERE merchant_id = ? AND id = ? AND totp_enabled = 0`
	lockTOTP   = `UPDATE iam_user SET totp_enabled = totp_enabled WHERE merchant_id = ? AND id = ? RETURNING totp_sealed, totp_enabled, totp_last_step, recovery_hashes`
	enableTOTP = `UPDATE iam_user SET totp_enabled = 1, totp_last_step = ?, recovery_hashes = ?, version = version + 1 WHERE merchant_id = ? AND id = ?`
	dropTOTP   = `UPDATE iam_user SET totp_enabled = 0, totp_sealed = NULL, recovery_hashes = '', totp_last_step = 0, version = version + 1
WHERE merchant_id = ? AND id = ?`
	spendStep     = `UPDATE iam_user SET totp_last_step = ? WHERE merchant_id = ? AND id = ? AND totp_last_step < ?`
	spendRecovery = `UPDATE iam_user SET recovery_hashes = ? WHERE merchant_id = ? AND id = ? AND recovery_hashes = ?`
)

// Roles.
const (
	roleFields  = `r.id, r.code, r.name, r.built_in, r.permissions, r.refund_limit_fen, r.version`
	selectRoles = `SELECT ` + roleFields + ` FROM iam_role r WHERE r.merchant_id = ? ORDER BY r.built_in DESC, r.id`
	selectRole  = `SELECT ` + roleFields + ` FROM iam_role r WHERE r.merchant_id = ? AND r.id = ?`
	updateRole  = `UPDATE iam_role SET name = ?, permissions = ?, refund_limit_fen = ?, version = version + 1
WHERE merchant_id = ? AND id = ? AND (version = ? OR ? = 0)`
	deleteRole    = `DELETE FROM iam_role WHERE merchant_id = ? AND id = ?`
	selectRoleUse = `SELECT 1 FROM iam_user_role WHERE merchant_id = ? AND role_id = ? LIMIT 1`
	holdRole      = `UPDATE iam_role SET version = version WHERE merchant_id = ? AND id = ?`
	lockOwnerRole = `UPDATE iam_role SET version = version WHERE merchant_id = ? AND code = ?`
)

var roleColumns = []string{"merchant_id", "id", "code", "name", "built_in", "permissions", "refund_limit_fen", "version"}

func selectRolesOf(users int) string {
	return `SELECT ur.user_id, ` + roleFields + ` FROM iam_user_role ur
JOIN iam_role r ON r.merchant_id = ur.merchant_id AND r.id = ur.role_id
WHERE ur.merchant_id = ? AND ur.user_id IN ` + db.In(users) + ` ORDER BY ur.user_id, r.id`
}

// API keys.
const (
	insertKey = `INSERT INTO iam_api_key (digest, merchant_id, id, name, hint, permissions, shop_ids, warehouse_ids, created_by, created_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	selectKey = `SELECT merchant_id, id, name, permissions, shop_ids, warehouse_ids, created_by, expires_at, revoked_at, last_used_at
FROM iam_api_key WHERE digest = ?`
	selectKeys = `SELECT id, name, hint, permissions, shop_ids, warehouse_ids, created_by, created_at, expires_at, last_used_at
FROM iam_api_key WHERE merchant_id = ? AND revoked_at = 0 ORDER BY id DESC LIMIT ?`
	selectKeyMaker = `SELECT created_by FROM iam_api_key WHERE merchant_id = ? AND id = ?`
	revokeKey      = `UPDATE iam_api_key SET revoked_at = ? WHERE merchant_id = ? AND id = ? AND revoked_at = 0`
	touchKey       = `UPDATE iam_api_key SET last_used_at = ? WHERE digest = ? AND last_used_at <= ?`
)
