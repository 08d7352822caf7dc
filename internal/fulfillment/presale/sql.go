package presale

const (
	selectLead = `SELECT value FROM setting_value WHERE merchant_id = ? AND name = ?`
	selectOpen = `SELECT id FROM fulfillment_order WHERE merchant_id = ? AND state = 'open' AND presale_at > 0 AND id > ? ORDER BY id LIMIT ?`
)
