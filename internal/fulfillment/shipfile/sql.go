package shipfile

const (
	insertFile = `INSERT INTO fulfillment_ship_file (merchant_id, id, file_id, name, layout, mapping, state, job_id, created_by, created_at)
		VALUES (?, ?, ?, ?, ?, ?, 'uploaded', 0, ?, ?)`
	selectFile = `SELECT id, file_id, name, layout, mapping, state, job_id, created_by, created_at FROM fulfillment_ship_file
		WHERE merchant_id = ? AND id = ?`
	updateFileMapping = `UPDATE fulfillment_ship_file SET mapping = ?, state = 'checked' WHERE merchant_id = ? AND id = ?`
	updateFileRun     = `UPDATE fulfillment_ship_file SET mapping = ?, state = 'running', job_id = ? WHERE merchant_id = ? AND id = ?`
)
