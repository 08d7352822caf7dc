package location

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	putLocation = `INSERT INTO inventory_location (merchant_id, warehouse_id, sku_id, code, updated_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, warehouse_id, sku_id) DO UPDATE SET code = excluded.code, updated_at = excluded.updated_at`
	deleteLocation  = `DELETE FROM inventory_location WHERE merchant_id = ? AND warehouse_id = ? AND sku_id = ?`
	selectLocations = `SELECT sku_id, code FROM inventory_location WHERE merchant_id = ? AND warehouse_id = ? AND sku_id > ? ORDER BY sku_id LIMIT ?`
)

func selectOf(n int) string {
	return `SELECT sku_id, code FROM inventory_location WHERE merchant_id = ? AND warehouse_id = ? AND sku_id IN ` + db.In(n)
}
