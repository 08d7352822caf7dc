package quote

const (
	forget = `DELETE FROM logistics_quote WHERE merchant_id = ? AND account_id = ? AND province = ? AND city = ? AND district = ? AND gram = ?`
	keep   = `INSERT INTO logistics_quote (merchant_id, account_id, province, city, district, gram, product, fee_fen, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, account_id, province, city, district, gram, product) DO UPDATE SET fee_fen = excluded.fee_fen, asked_at = excluded.asked_at`
	selectKnown = `SELECT account_id, province, city, district, gram, product, fee_fen, asked_at FROM logistics_quote WHERE merchant_id = ? AND asked_at > ? ORDER BY account_id, product`
	selectAsked = `SELECT DISTINCT province, city, district, gram FROM logistics_quote WHERE merchant_id = ? AND account_id = ? AND asked_at > ?`
)
