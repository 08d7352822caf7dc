package why

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	selectParcels = `SELECT DISTINCT a.fulfillment_order_id FROM fulfillment_allocation a
		JOIN fulfillment_order f ON f.merchant_id = a.merchant_id AND f.id = a.fulfillment_order_id
		WHERE a.merchant_id = ? AND a.order_id = ? AND f.state = 'open' ORDER BY a.fulfillment_order_id`
	selectWaiting = `SELECT w.ask_buyer, w.agreed, w.agreed_note, w.since_at, w.promised_at, COALESCE(k.code, '') FROM fulfillment_waiting w
		LEFT JOIN catalog_sku k ON k.merchant_id = w.merchant_id AND k.id = w.replace_sku_id WHERE w.merchant_id = ? AND w.order_id = ?`
	selectDue     = `SELECT due_at FROM order_review_due WHERE merchant_id = ? AND order_id = ? AND approves = 1`
	selectTrace   = `SELECT trace, made_at FROM fulfillment_trace WHERE merchant_id = ? AND order_id = ?`
	selectUploads = `SELECT state, error_code, error_params, created_at FROM channel_effect
		WHERE merchant_id = ? AND order_id = ? AND order_id <> 0 AND kind = 'ship' AND (state IN ('refused', 'uncertain') OR state IN ('waiting', 'sending') AND attempts > 0) ORDER BY id`
	selectAccounts = `SELECT id, name, carrier FROM logistics_account WHERE merchant_id = ? ORDER BY id`
	selectNames    = `SELECT id, name FROM inventory_warehouse WHERE merchant_id = ?`
)

func selectWaybills(n int) string {
	return `SELECT fulfillment_id, account_id, carrier, version, state, error_code, error_params, created_at FROM logistics_waybill
		WHERE merchant_id = ? AND live = 1 AND fulfillment_id IN ` + db.In(n) + ` ORDER BY fulfillment_id, piece`
}

func selectLabels(n int) string {
	return `SELECT l.fulfillment_order_id, l.state, l.content_version, l.error_code, l.error_params, b.created_at FROM packing_print_label l
		JOIN packing_print_batch b ON b.merchant_id = l.merchant_id AND b.id = l.batch_id
		WHERE l.merchant_id = ? AND l.fulfillment_order_id IN ` + db.In(n) + ` ORDER BY l.batch_id, l.sequence`
}

func selectWaves(n int) string {
	return `SELECT o.fulfillment_order_id, w.code, o.position, w.state, o.out_reason, w.made_at FROM packing_wave_order o
		JOIN packing_wave w ON w.merchant_id = o.merchant_id AND w.id = o.wave_id
		WHERE o.merchant_id = ? AND o.fulfillment_order_id IN ` + db.In(n) + ` ORDER BY o.wave_id`
}

func selectBenches(n int) string {
	return `SELECT fulfillment_order_id, bench, by_name, opened_at FROM packing_verify_session
		WHERE merchant_id = ? AND state = 'open' AND fulfillment_order_id IN ` + db.In(n)
}

func selectHits(n int) string {
	return `SELECT fulfillment_order_id, refusal, params, raised_at FROM packing_verify_hit
		WHERE merchant_id = ? AND ended_at = 0 AND fulfillment_order_id IN ` + db.In(n)
}

const selectOrigin = `SELECT h.channel_order_no, f.reason, f.liable, f.goods_fen - f.returned_fen, f.settlement, f.created_at FROM intake_followup f
	JOIN order_head h ON h.merchant_id = f.merchant_id AND h.id = f.origin_id WHERE f.merchant_id = ? AND f.order_id = ?`
