package seal

const (
	selectKeysets = `SELECT kind, version, wrapped FROM seal_keyset WHERE merchant_id = ? ORDER BY kind, version`
	insertKeyset  = `INSERT INTO seal_keyset (merchant_id, kind, version, wrapped, created_at) VALUES (?, ?, ?, ?, ?)`
	updateWrapped = `UPDATE seal_keyset SET wrapped = ? WHERE merchant_id = ? AND kind = ? AND version = ?`
	selectOwners  = `SELECT DISTINCT merchant_id FROM seal_keyset ORDER BY merchant_id`
	selectVersion = `SELECT COALESCE(MAX(version), 0) FROM seal_keyset WHERE merchant_id = ? AND kind = ?`
)
