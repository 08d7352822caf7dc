package event

import "github.com/ordercove/ordercove/internal/kit/db"

var logColumns = []string{"merchant_id", "id", "seq", "name", "schema_version", "aggregate", "aggregate_id", "aggregate_version",
	"actor_kind", "actor_id", "actor_name", "cause", "at", "body"}

const (
	eventColumns = `id, COALESCE(seq, 0), name, schema_version, aggregate, aggregate_id, aggregate_version, actor_kind, actor_id, actor_name, cause, at, body`

	selectTimeline = `SELECT ` + eventColumns + ` FROM event_log WHERE merchant_id = ? AND aggregate_id = ? AND id > ? AND aggregate = ? ORDER BY id LIMIT ?`
	selectAfter    = `SELECT ` + eventColumns + ` FROM event_log WHERE merchant_id = ? AND seq > ? AND seq IS NOT NULL ORDER BY seq LIMIT ?`

	// The partial index holds only what was not numbered yet.
	selectUnnumbered = `SELECT DISTINCT merchant_id FROM event_log WHERE seq IS NULL`
	selectCursors    = `SELECT merchant_id FROM event_cursor ORDER BY merchant_id`
	insertCursor     = `INSERT INTO event_cursor (merchant_id, last_seq, holder, until_at) VALUES (?, 0, '', 0) ON CONFLICT (merchant_id) DO NOTHING`
	// Taking the row makes this the merchant's only sequencer until the commit.
	takeCursor     = `UPDATE event_cursor SET holder = ?, until_at = ? WHERE merchant_id = ?`
	selectLast     = `SELECT last_seq FROM event_cursor WHERE merchant_id = ?`
	selectLasts    = `SELECT merchant_id, last_seq FROM event_cursor`
	saveLast       = `UPDATE event_cursor SET last_seq = last_seq + ? WHERE merchant_id = ?`
	takeNumbers    = saveLast + ` RETURNING last_seq`
	selectNumbered = `SELECT DISTINCT aggregate FROM event_log WHERE merchant_id = ? AND seq > ? AND seq <= ?`

	insertCheckpoint = `INSERT INTO event_checkpoint (merchant_id, consumer, seq) VALUES (?, ?, ?) ON CONFLICT (merchant_id, consumer) DO NOTHING`
	selectCheckpoint = `SELECT seq, failures, retry_at FROM event_checkpoint WHERE merchant_id = ? AND consumer = ?`
	saveCheckpoint   = `UPDATE event_checkpoint SET seq = ?, failures = 0, error = '', retry_at = 0 WHERE merchant_id = ? AND consumer = ?`
	saveFailure      = `UPDATE event_checkpoint SET failures = failures + 1, error = ?, retry_at = ? WHERE merchant_id = ? AND consumer = ?`
	selectLag        = `SELECT c.merchant_id, p.consumer, c.last_seq - p.seq, p.failures FROM event_cursor c
		JOIN event_checkpoint p ON p.merchant_id = c.merchant_id WHERE c.last_seq > p.seq`
)

// fresh names the short index of what has no number yet. SQLite keeps no
// statistics and would read the whole log in search of it, longer every day.
func fresh(d db.Dialect) string {
	if d == db.SQLite {
		return `event_log INDEXED BY event_log_unnumbered`
	}
	return `event_log`
}

func numberSQL(d db.Dialect) string {
	return `UPDATE event_log SET seq = ? + w.n FROM (
		SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM (
			SELECT id FROM ` + fresh(d) + ` WHERE merchant_id = ? AND seq IS NULL ORDER BY id LIMIT ?) AS unnumbered) AS w
		WHERE event_log.merchant_id = ? AND event_log.id = w.id`
}

func countUnnumbered(d db.Dialect) string {
	// Bounded: a backlog this long needs no exact figure.
	return `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM (SELECT at FROM ` + fresh(d) + ` WHERE merchant_id = ? AND seq IS NULL ORDER BY id LIMIT 100000) AS waiting`
}

// checkpointSQL keeps another instance's runner from handling the same events.
func checkpointSQL(d db.Dialect) string {
	if d == db.Postgres {
		return selectCheckpoint + ` FOR UPDATE`
	}
	return selectCheckpoint
}

const (
	listCheckpoints = `SELECT consumer, seq, failures, error, retry_at FROM event_checkpoint WHERE merchant_id = ? ORDER BY consumer`
)
