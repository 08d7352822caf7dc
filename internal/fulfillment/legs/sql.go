package legs

const (
	selectLeg = `SELECT carrier, waybill_no, told_by, told_at FROM fulfillment_leg WHERE merchant_id = ? AND order_id = ?`
	putLeg    = `INSERT INTO fulfillment_leg (merchant_id, order_id, carrier, waybill_no, told_by, told_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, order_id) DO UPDATE SET carrier = excluded.carrier, waybill_no = excluded.waybill_no, told_by = excluded.told_by, told_at = excluded.told_at`
)
