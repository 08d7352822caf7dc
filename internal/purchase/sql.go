package purchase

import "github.com/ordercove/ordercove/internal/kit/db"

var supplyColumns = []string{"merchant_id", "supplier_id", "sku_id", "code", "cost_fen"}

const (
	selectSuppliers = `SELECT s.id, s.name, s.contract, s.cutoff_minute, s.lead_days, s.note, s.active, s.created_at, s.updated_at, s.version,
		(SELECT COUNT(*) FROM purchase_supply p WHERE p.merchant_id = s.merchant_id AND p.supplier_id = s.id)
		FROM purchase_supplier s WHERE s.merchant_id = ? ORDER BY s.name, s.id`
	selectContact  = `SELECT contact FROM purchase_supplier WHERE merchant_id = ? AND id = ?`
	insertSupplier = `INSERT INTO purchase_supplier (merchant_id, id, name, contact, contract, cutoff_minute, lead_days, note, active, created_at, updated_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`
	updateSupplier = `UPDATE purchase_supplier SET name = ?, contact = ?, contract = ?, cutoff_minute = ?, lead_days = ?, note = ?, active = ?, updated_at = ?,
		version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`

	selectSupplies = `SELECT p.sku_id, k.code, k.name, p.code, p.cost_fen FROM purchase_supply p
		JOIN catalog_sku k ON k.merchant_id = p.merchant_id AND k.id = p.sku_id WHERE p.merchant_id = ? AND p.supplier_id = ? ORDER BY k.code, p.sku_id`
	deleteSupplies = `DELETE FROM purchase_supply WHERE merchant_id = ? AND supplier_id = ?`

	selectPortals = `SELECT id, supplier_id, made_at, expires_at, revoked_at, used_at FROM purchase_portal WHERE merchant_id = ? AND supplier_id = ? ORDER BY id DESC LIMIT 50`
	insertPortal  = `INSERT INTO purchase_portal (merchant_id, id, supplier_id, digest, made_by, made_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`
	revokePortal  = `UPDATE purchase_portal SET revoked_at = ? WHERE merchant_id = ? AND id = ? AND revoked_at = 0`
	selectByToken = `SELECT p.supplier_id, s.name, s.contract, p.used_at FROM purchase_portal p
		JOIN purchase_supplier s ON s.merchant_id = p.merchant_id AND s.id = p.supplier_id
		WHERE p.merchant_id = ? AND p.id = ? AND p.digest = ? AND p.expires_at > ? AND p.revoked_at = 0 AND s.active = 1`
	usePortal = `UPDATE purchase_portal SET used_at = ? WHERE merchant_id = ? AND id = ?`
)

func lockSupplier(d db.Dialect) string {
	q := `SELECT id FROM purchase_supplier WHERE merchant_id = ? AND id = ?`
	if d == db.Postgres {
		q += ` FOR UPDATE`
	}
	return q
}
