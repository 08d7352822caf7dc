package shop

const columns = `id, channel, name, mode, time_zone, live_from, warehouse_id, reserve_on, auto_approve, stale_after_hours,
	data_at, active, position, created_at, version`

const (
	selectAll = `SELECT ` + columns + ` FROM shop_shop WHERE merchant_id = ? ORDER BY position, id`
	selectOne = `SELECT ` + columns + ` FROM shop_shop WHERE merchant_id = ? AND id = ?`
	selectTop = `SELECT COALESCE(MAX(position), 0) FROM shop_shop WHERE merchant_id = ?`
	insertOne = `INSERT INTO shop_shop (merchant_id, ` + columns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateOne = `UPDATE shop_shop SET name = ?, mode = ?, live_from = ?, warehouse_id = ?, reserve_on = ?, auto_approve = ?,
		stale_after_hours = ?, active = ?, position = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`
	updateMode = `UPDATE shop_shop SET mode = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`
	// Guarded, so that an older file imported later never makes the data look older.
	touchData = `UPDATE shop_shop SET data_at = ? WHERE merchant_id = ? AND id = ? AND data_at < ?`
)
