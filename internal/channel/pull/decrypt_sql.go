package pull

const (
	startDecrypts  = `INSERT INTO channel_decrypt (merchant_id, app, day, used) VALUES (?, ?, ?, 0) ON CONFLICT (merchant_id, app, day) DO NOTHING`
	takeDecrypts   = `UPDATE channel_decrypt SET used = used + ? WHERE merchant_id = ? AND app = ? AND day = ? AND used <= ?`
	selectDecrypts = `SELECT used FROM channel_decrypt WHERE merchant_id = ? AND app = ? AND day = ?`
	sweepDecrypts  = `DELETE FROM channel_decrypt WHERE merchant_id = ? AND day < ?`
)
