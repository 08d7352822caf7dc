package file

var chunkColumns = []string{"merchant_id", "file_id", "chunk_no", "body"}

const (
	insertFile = `INSERT INTO file_file (merchant_id, id, name, media_type, purpose, size_bytes, sha256, created_by, created_at, expires_at, complete)
		VALUES (?, ?, ?, ?, ?, 0, '', ?, ?, ?, 0)`
	completeFile = `UPDATE file_file SET size_bytes = ?, sha256 = ?, complete = 1 WHERE merchant_id = ? AND id = ? AND complete = 0`
	selectFile   = `SELECT id, name, media_type, purpose, size_bytes, sha256, created_by, created_at, expires_at
		FROM file_file WHERE merchant_id = ? AND id = ? AND complete = 1 AND (expires_at = 0 OR expires_at > ?)`
	selectChunk = `SELECT body FROM file_chunk WHERE merchant_id = ? AND file_id = ? AND chunk_no = ?`
	deleteFile  = `DELETE FROM file_file WHERE merchant_id = ? AND id = ?`

	// Chunks go in small steps, so that a large file never holds the writer long.
	deleteChunks = `DELETE FROM file_chunk WHERE merchant_id = ? AND file_id = ? AND chunk_no < ?`
	lastChunk    = `SELECT COALESCE(MAX(chunk_no), -1) FROM file_chunk WHERE merchant_id = ? AND file_id = ?`
	firstChunk   = `SELECT COALESCE(MIN(chunk_no), -1) FROM file_chunk WHERE merchant_id = ? AND file_id = ?`
	selectDead   = `SELECT id FROM file_file WHERE merchant_id = ? AND ((complete = 0 AND created_at < ?) OR (expires_at > 0 AND expires_at < ?)) ORDER BY id LIMIT 100`
)
