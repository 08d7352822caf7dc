package command

const (
	selectKey = `SELECT input_hash, answer FROM command_key WHERE merchant_id = ? AND idem_key = ?`
	insertKey = `INSERT INTO command_key (merchant_id, idem_key, input_hash, answer, created_at) VALUES (?, ?, ?, ?, ?)`
)

// Old keys go in small steps.
const pruneKeys = `DELETE FROM command_key WHERE merchant_id = ? AND idem_key IN (
	SELECT idem_key FROM command_key WHERE merchant_id = ? AND created_at < ? ORDER BY created_at LIMIT 1000)`
