package setting

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	selectValues = `SELECT name, value, version, updated_at FROM setting_value WHERE merchant_id = ? ORDER BY name`
	selectValue  = `SELECT value, version, updated_at FROM setting_value WHERE merchant_id = ? AND name = ?`
	upsertValue  = `INSERT INTO setting_value (merchant_id, name, value, version, updated_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (merchant_id, name) DO UPDATE SET value = excluded.value, version = excluded.version, updated_at = excluded.updated_at
WHERE setting_value.version = ?`

	viewSelect = `SELECT id, user_id, page, name, query, role_id, position, created_at FROM setting_view`
	selectView = viewSelect + ` WHERE merchant_id = ? AND id = ?`
	countViews = `SELECT COUNT(*), COALESCE(MAX(position), 0) FROM setting_view WHERE merchant_id = ? AND page = ? AND user_id = ?`
	insertView = `INSERT INTO setting_view (merchant_id, id, user_id, page, name, query, role_id, position, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateView = `UPDATE setting_view SET name = ?, query = ?, role_id = ?, position = ? WHERE merchant_id = ? AND id = ?`
	deleteView = `DELETE FROM setting_view WHERE merchant_id = ? AND id = ?`
)

func selectViews(roles int) string {
	shared := ""
	if roles > 0 {
		shared = ` OR role_id IN ` + db.In(roles)
	}
	return viewSelect + ` WHERE merchant_id = ? AND page = ? AND (user_id = ?` + shared + `) ORDER BY position, id LIMIT ?`
}
