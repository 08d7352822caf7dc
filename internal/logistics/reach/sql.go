package reach

const (
	keep = `INSERT INTO logistics_reach (merchant_id, account_id, province, city, district, reached, reason, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, account_id, province, city, district) DO UPDATE SET reached = excluded.reached, reason = excluded.reason, asked_at = excluded.asked_at`
	selectUnreached = `SELECT account_id, province, city, district, reason FROM logistics_reach WHERE merchant_id = ? AND reached = 0 AND asked_at > ?`
	selectKnown     = `SELECT province, city, district FROM logistics_reach WHERE merchant_id = ? AND account_id = ? AND asked_at > ?`
)
