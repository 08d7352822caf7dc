package channel

const (
	insertImport     = `INSERT INTO channel_import (merchant_id, id, state, channel, kind, detection, exported_at, created_by, created_at, updated_at, version) VALUES (?, ?, 'detected', ?, ?, ?, ?, ?, ?, ?, 1)`
	insertImportFile = `INSERT INTO channel_import_file (merchant_id, import_id, position, file_id) VALUES (?, ?, ?, ?)`
	selectImport     = `SELECT id, state, shop_id, detection, mapping, options, exported_at, counts, job_id, created_by, created_at, updated_at FROM channel_import WHERE merchant_id = ? AND id = ?`
	selectImports    = `SELECT id, state, shop_id, detection, mapping, options, exported_at, counts, job_id, created_by, created_at, updated_at FROM channel_import WHERE merchant_id = ? AND id < ? ORDER BY id DESC LIMIT ?`
	selectFiles      = `SELECT file_id, inbox_id FROM channel_import_file WHERE merchant_id = ? AND import_id = ? ORDER BY position`
	setInbox         = `UPDATE channel_import_file SET inbox_id = ? WHERE merchant_id = ? AND import_id = ? AND position = ?`
	previewedImport  = `UPDATE channel_import SET state = 'previewed', shop_id = ?, mapping = ?, options = ?, exported_at = ?, counts = ?, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND state IN ('detected', 'previewed', 'failed')`
	startImport      = `UPDATE channel_import SET state = 'running', shop_id = ?, channel = ?, mapping = ?, options = ?, exported_at = ?, job_id = ?, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND state IN ('detected', 'previewed', 'failed')`
	endImport        = `UPDATE channel_import SET state = ?, counts = ?, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ?`

	selectWords = `SELECT word, status FROM channel_status_word WHERE merchant_id = ? AND channel = ?`
	putWord     = `INSERT INTO channel_status_word (merchant_id, channel, word, status, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (merchant_id, channel, word) DO UPDATE SET status = excluded.status, created_by = excluded.created_by, created_at = excluded.created_at`

	selectMapping = `SELECT mapping FROM channel_mapping WHERE merchant_id = ? AND header_hash = ? ORDER BY updated_at DESC LIMIT 1`
	putMapping    = `INSERT INTO channel_mapping (merchant_id, shop_id, header_hash, name, mapping, updated_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (merchant_id, shop_id, header_hash) DO UPDATE SET name = excluded.name, mapping = excluded.mapping, updated_at = excluded.updated_at`
)
