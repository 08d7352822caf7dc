package inventory

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// forUpdate locks the rows read where the engine has several writers.
func forUpdate(d db.Dialect, lock bool) string {
	if lock && d == db.Postgres {
		return " FOR UPDATE"
	}
	return ""
}

func selectBalances(d db.Dialect, n int, lock bool) string {
	return `SELECT sku_id, warehouse_id, condition, on_hand, reserved, backorder FROM inventory_balance
	WHERE merchant_id = ? AND sku_id IN ` + db.In(n) + ` ORDER BY sku_id, warehouse_id, condition` + forUpdate(d, lock)
}

func selectHeld(d db.Dialect, n int, lock bool) string {
	return `SELECT order_id, line_id, sku_id, warehouse_id, quantity FROM inventory_reservation
	WHERE merchant_id = ? AND order_id IN ` + db.In(n) + ` ORDER BY order_id, line_id, sku_id, warehouse_id` + forUpdate(d, lock)
}

func deleteOrders(n int) string {
	return `DELETE FROM inventory_reservation WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}

const (
	// changeBalance applies differences, so that writers of one row need no lock
	// before it, and refuses (0 rows) what would break an invariant.
	changeBalance = `UPDATE inventory_balance SET on_hand = on_hand + ?, reserved = reserved + ?, updated_at = ?
	WHERE merchant_id = ? AND sku_id = ? AND warehouse_id = ? AND condition = ?
	AND on_hand + ? >= 0 AND reserved + ? >= 0 AND on_hand - reserved + ? + backorder >= 0`
	changeHeld = `UPDATE inventory_reservation SET quantity = ?
	WHERE merchant_id = ? AND order_id = ? AND line_id = ? AND sku_id = ? AND warehouse_id = ? AND quantity = ?`
	deleteHeld = `DELETE FROM inventory_reservation
	WHERE merchant_id = ? AND order_id = ? AND line_id = ? AND sku_id = ? AND warehouse_id = ? AND quantity = ?`
	setLevels = `UPDATE inventory_balance SET backorder = ?, safety = ?, updated_at = ?
	WHERE merchant_id = ? AND sku_id = ? AND warehouse_id = ? AND condition = 'good' AND on_hand - reserved + ? >= 0`

	keepBalance = `ON CONFLICT (merchant_id, sku_id, warehouse_id, condition) DO NOTHING`
)

var (
	balanceColumns = []string{"merchant_id", "sku_id", "warehouse_id", "condition", "on_hand", "reserved", "backorder", "safety", "updated_at"}
	heldColumns    = []string{"merchant_id", "order_id", "line_id", "sku_id", "warehouse_id", "quantity", "created_at"}
	moveColumns    = []string{"merchant_id", "id", "sku_id", "warehouse_id", "condition", "kind", "on_hand_change", "reserved_change",
		"order_id", "line_id", "ref", "actor_id", "actor_name", "at"}
)

const (
	warehouseColumns = `id, code, name, province, city, is_default, active, created_at, version`

	selectWarehouses = `SELECT ` + warehouseColumns + ` FROM inventory_warehouse WHERE merchant_id = ? ORDER BY is_default DESC, code`
	selectWarehouse  = `SELECT ` + warehouseColumns + ` FROM inventory_warehouse WHERE merchant_id = ? AND id = ?`
	selectDefault    = `SELECT ` + warehouseColumns + ` FROM inventory_warehouse WHERE merchant_id = ? AND is_default = 1`
	insertWarehouse  = `INSERT INTO inventory_warehouse (merchant_id, ` + warehouseColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateWarehouse  = `UPDATE inventory_warehouse SET code = ?, name = ?, province = ?, city = ?, is_default = ?, active = ?, version = version + 1
	WHERE merchant_id = ? AND id = ? AND version = ?`
	clearDefault = `UPDATE inventory_warehouse SET is_default = 0, version = version + 1 WHERE merchant_id = ? AND is_default = 1 AND id <> ?`
)

// verifySums compares the three books in one statement, so that all are read at
// one instant even while others write.
const verifySums = `SELECT sku_id, warehouse_id, condition, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(reserved) AS BIGINT),
	CAST(SUM(moved) AS BIGINT), CAST(SUM(moved_reserved) AS BIGINT), CAST(SUM(held) AS BIGINT)
	FROM (
		SELECT sku_id, warehouse_id, condition, on_hand, reserved, 0 AS moved, 0 AS moved_reserved, 0 AS held
		FROM inventory_balance WHERE merchant_id = ?
		UNION ALL
		SELECT sku_id, warehouse_id, condition, 0, 0, on_hand_change, reserved_change, 0
		FROM inventory_movement WHERE merchant_id = ?
		UNION ALL
		SELECT sku_id, warehouse_id, 'good', 0, 0, 0, 0, quantity
		FROM inventory_reservation WHERE merchant_id = ?
	) AS books
	GROUP BY sku_id, warehouse_id, condition
	HAVING SUM(on_hand) <> SUM(moved) OR SUM(reserved) <> SUM(moved_reserved) OR SUM(reserved) <> SUM(held)
	ORDER BY sku_id, warehouse_id, condition`

// Lists.

const stockColumns = `b.sku_id, k.code, k.name, b.warehouse_id, w.name, b.condition, b.on_hand, b.reserved, b.backorder, b.safety, k.cost_fen, b.updated_at`

const fromStock = ` FROM catalog_sku k
	JOIN inventory_balance b ON b.merchant_id = k.merchant_id AND b.sku_id = k.id
	JOIN inventory_warehouse w ON w.merchant_id = b.merchant_id AND w.id = b.warehouse_id`

const selectBalance = `SELECT ` + stockColumns + fromStock + ` WHERE k.merchant_id = ? AND k.id = ? AND b.warehouse_id = ? AND b.condition = ?`

func selectFree(n int) string {
	return `SELECT sku_id, on_hand - reserved + backorder FROM inventory_balance
	WHERE merchant_id = ? AND sku_id IN ` + db.In(n) + ` AND warehouse_id = ? AND condition = 'good'`
}

func selectFreeEverywhere(n int) string {
	return `SELECT sku_id, warehouse_id, on_hand - reserved + backorder FROM inventory_balance
	WHERE merchant_id = ? AND sku_id IN ` + db.In(n) + ` AND condition = 'good'`
}

func selectReserved(n int) string {
	return `SELECT order_id, line_id, sku_id, warehouse_id, quantity FROM inventory_reservation
	WHERE merchant_id = ? AND order_id IN ` + db.In(n) + ` ORDER BY order_id, line_id, sku_id, warehouse_id`
}

// selectAsOf says what lay at every place of n SKUs right after one movement.
func selectAsOf(n int) string {
	return `SELECT sku_id, warehouse_id, condition, CAST(SUM(n) AS BIGINT) FROM (
		SELECT sku_id, warehouse_id, condition, on_hand AS n FROM inventory_balance WHERE merchant_id = ? AND sku_id IN ` + db.In(n) + `
		UNION ALL
		SELECT sku_id, warehouse_id, condition, -on_hand_change FROM inventory_movement WHERE merchant_id = ? AND sku_id IN ` + db.In(n) + ` AND id > ?
	) AS books GROUP BY sku_id, warehouse_id, condition`
}

// where gathers conditions and their values in order.
type where struct {
	text string
	args []any
}

func (w *where) and(condition string, args ...any) {
	w.text += " AND " + condition
	w.args = append(w.args, args...)
}

func (w *where) in(column string, ids []id.ID) {
	if len(ids) == 0 {
		return
	}
	args := make([]any, len(ids))
	for i, v := range ids {
		args[i] = v
	}
	w.and(column+" IN "+db.In(len(ids)), args...)
}

func selectStock(m id.ID, f BalanceFilter, after balanceKey, scope []id.ID, limit int) (string, []any) {
	w := where{text: `k.merchant_id = ?`, args: []any{m}}
	if f.SKUID != 0 {
		w.and(`k.id = ?`, f.SKUID)
	}
	if f.WarehouseID != 0 {
		w.and(`b.warehouse_id = ?`, f.WarehouseID)
	}
	w.in(`b.warehouse_id`, scope)
	if f.Query != "" {
		w.and(`(LOWER(k.code) LIKE ? ESCAPE '\' OR LOWER(k.name) LIKE ? ESCAPE '\')`, db.LikeText(strings.ToLower(f.Query))+"%", "%"+db.LikeText(strings.ToLower(f.Query))+"%")
	}
	if f.Low {
		w.and(`b.condition = 'good' AND b.on_hand - b.reserved <= b.safety`)
	}
	if f.Cursor != "" {
		w.and(`(k.code > ? OR k.code = ? AND (b.warehouse_id > ? OR b.warehouse_id = ? AND b.condition > ?))`,
			after.Code, after.Code, after.Warehouse, after.Warehouse, after.Condition)
	}
	return `SELECT ` + stockColumns + fromStock + ` WHERE ` + w.text + ` ORDER BY k.code, b.warehouse_id, b.condition LIMIT ?`, append(w.args, limit)
}

func selectMovements(m id.ID, f MovementFilter, before id.ID, scope []id.ID, limit int) (string, []any) {
	w := where{text: `m.merchant_id = ?`, args: []any{m}}
	if f.SKUID != 0 {
		w.and(`m.sku_id = ?`, f.SKUID)
	}
	if f.OrderID != 0 {
		w.and(`m.order_id = ? AND m.order_id <> 0`, f.OrderID)
	}
	if f.WarehouseID != 0 {
		w.and(`m.warehouse_id = ?`, f.WarehouseID)
	}
	w.in(`m.warehouse_id`, scope)
	if f.Cursor != "" {
		w.and(`m.id < ?`, before)
	}
	return `SELECT m.id, m.sku_id, k.code, m.warehouse_id, w.name, m.condition, m.kind, m.on_hand_change, m.reserved_change,
	m.order_id, m.line_id, m.ref, m.actor_id, m.actor_name, m.at FROM inventory_movement m
	JOIN catalog_sku k ON k.merchant_id = m.merchant_id AND k.id = m.sku_id
	JOIN inventory_warehouse w ON w.merchant_id = m.merchant_id AND w.id = m.warehouse_id
	WHERE ` + w.text + ` ORDER BY m.id DESC LIMIT ?`, append(w.args, limit)
}

// selectReservations lists by order, the newest order first.
func selectReservations(m id.ID, f ReservationFilter, after heldKey, scope []id.ID, limit int) (string, []any) {
	w := where{text: `r.merchant_id = ?`, args: []any{m}}
	if f.SKUID != 0 {
		w.and(`r.sku_id = ?`, f.SKUID)
	}
	if f.OrderID != 0 {
		w.and(`r.order_id = ?`, f.OrderID)
	}
	w.in(`r.warehouse_id`, scope)
	if f.Cursor != "" {
		w.and(`(r.order_id < ? OR r.order_id = ? AND (r.line_id < ? OR r.line_id = ? AND (r.sku_id < ? OR r.sku_id = ? AND r.warehouse_id < ?)))`,
			after.order, after.order, after.line, after.line, after.sku, after.sku, after.warehouse)
	}
	return `SELECT r.order_id, r.line_id, r.sku_id, k.code, r.warehouse_id, w.name, r.quantity, r.created_at FROM inventory_reservation r
	JOIN catalog_sku k ON k.merchant_id = r.merchant_id AND k.id = r.sku_id
	JOIN inventory_warehouse w ON w.merchant_id = r.merchant_id AND w.id = r.warehouse_id
	WHERE ` + w.text + ` ORDER BY r.order_id DESC, r.line_id DESC, r.sku_id DESC, r.warehouse_id DESC LIMIT ?`, append(w.args, limit)
}
