package allocate

import "github.com/ordercove/ordercove/internal/kit/db"

var (
	areaColumns     = []string{"merchant_id", "warehouse_id", "province", "city", "served", "preference", "distance_km", "first_fen", "next_fen"}
	dropshipColumns = []string{"merchant_id", "warehouse_id", "supplier_id", "plain"}
)

const (
	selectRules = `SELECT id, position, name, active, condition, action, version FROM fulfillment_rule WHERE merchant_id = ? ORDER BY position, id`
	insertRule  = `INSERT INTO fulfillment_rule (merchant_id, id, position, name, active, condition, action, updated_by, updated_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`
	updateRule = `UPDATE fulfillment_rule SET position = ?, name = ?, active = ?, condition = ?, action = ?, updated_by = ?, updated_at = ?, version = version + 1
		WHERE merchant_id = ? AND id = ? AND version = ?`
	selectLast  = `SELECT COALESCE(MAX(position), 0) FROM fulfillment_rule WHERE merchant_id = ?`
	setPosition = `UPDATE fulfillment_rule SET position = ? WHERE merchant_id = ? AND id = ?`
	deleteRule  = `DELETE FROM fulfillment_rule WHERE merchant_id = ? AND id = ?`

	selectAreas = `SELECT warehouse_id, province, city, served, preference, distance_km, first_fen, next_fen FROM fulfillment_area
		WHERE merchant_id = ? ORDER BY warehouse_id, province, city`
	deleteAreas     = `DELETE FROM fulfillment_area WHERE merchant_id = ? AND warehouse_id = ?`
	selectDropships = `SELECT warehouse_id, supplier_id, plain FROM fulfillment_dropship WHERE merchant_id = ? ORDER BY warehouse_id`
	deleteDropship  = `DELETE FROM fulfillment_dropship WHERE merchant_id = ? AND warehouse_id = ?`
)

// selectRefusals are the suppliers that said no to n orders; package dropship writes them.
func selectRefusals(n int) string {
	return `SELECT order_id, supplier_id FROM fulfillment_dropship_refusal WHERE merchant_id = ? AND order_id IN ` + db.In(n) + ` ORDER BY order_id, supplier_id`
}

func selectUrges(n int) string {
	return `SELECT order_id, urgency FROM fulfillment_urge WHERE merchant_id = ? AND urgency <> 0 AND order_id IN ` + db.In(n)
}
