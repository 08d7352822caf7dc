package inventory

import "github.com/ordercove/ordercove/internal/kit/db"

const selectChangedSKUs = `SELECT DISTINCT sku_id FROM inventory_movement WHERE merchant_id = ? AND id >= ? ORDER BY sku_id`

func selectTaken(n int) string {
	return `SELECT sku_id, CAST(SUM(reserved_change) AS BIGINT) FROM inventory_movement
	WHERE merchant_id = ? AND sku_id IN ` + db.In(n) + ` AND id >= ? AND kind = 'reserve' GROUP BY sku_id`
}
