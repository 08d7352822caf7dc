package reship

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	fields     = `order_id, origin_id, kind, number, case_id, reason, note, liable, ship_when, ship_hours, goods_fen, returned_fen, settlement, created_at, created_by, created_name`
	selectOf   = `SELECT ` + fields + ` FROM intake_followup WHERE merchant_id = ? AND origin_id = ? ORDER BY number`
	selectOwn  = `SELECT ` + fields + ` FROM intake_followup WHERE merchant_id = ? AND order_id = ?`
	selectCase = `SELECT ` + fields + ` FROM intake_followup WHERE merchant_id = ? AND case_id = ? AND case_id <> 0 ORDER BY order_id`
)

var (
	columns     = []string{"merchant_id", "order_id", "origin_id", "kind", "number", "case_id", "reason", "note", "liable", "ship_when", "ship_hours", "goods_fen", "returned_fen", "settlement", "created_at", "created_by", "created_name"}
	lineColumns = []string{"merchant_id", "order_id", "way", "position", "origin_line_id", "line_id", "quantity"}
)

func selectLines(n int) string {
	return `SELECT order_id, way, origin_line_id, line_id, quantity FROM intake_followup_line WHERE merchant_id = ? AND order_id IN ` + db.In(n) + ` ORDER BY order_id, way, position`
}

// originsOf are the origins of those among n orders that send goods again.
func originsOf(n int) string {
	return `SELECT order_id, origin_id FROM intake_followup WHERE merchant_id = ? AND kind = 'reship' AND order_id IN ` + db.In(n)
}
