package backup

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
)

const (
	selectVersion = `SELECT COALESCE(MAX(version_id), 0) FROM ` + db.VersionTable

	// SQLite.
	selectFileTables = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`

	// PostgreSQL.
	beginCut     = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`
	beginRestore = `BEGIN ISOLATION LEVEL READ COMMITTED`
	// A schema that holds anything a restore could collide with.
	selectRelation = `SELECT COALESCE(MIN(c.relname), '') FROM pg_catalog.pg_class c WHERE c.relnamespace = current_schema()::regnamespace`
	selectSchema   = `SELECT COALESCE(current_schema(), '')`
	selectColumns  = `SELECT c.relname, a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
		AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		ORDER BY c.relname COLLATE "C", a.attnum`
	// Indexes that belong to no key: dropped before the rows come, made again after.
	selectIndexes = `SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
		WHERE c.relnamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY c.relname COLLATE "C"`
	// The migration tool's table is the only one that counts its rows by itself.
	setVersionCounter = `SELECT setval(pg_get_serial_sequence('` + db.VersionTable + `', 'id'), (SELECT COALESCE(MAX(id), 1) FROM ` + db.VersionTable + `))`
)

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func columnList(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = quote(n)
	}
	return strings.Join(q, ", ")
}

func copyOut(s partStart) string {
	return "COPY " + quote(s.Name) + " (" + columnList(s.Columns) + ") TO STDOUT WITH (FORMAT binary)"
}

func copyIn(s partStart) string {
	return "COPY " + quote(s.Name) + " (" + columnList(s.Columns) + ") FROM STDIN WITH (FORMAT binary)"
}

func dropIndex(name string) string { return "DROP INDEX " + quote(name) }

func countRows(table string) string { return "SELECT COUNT(*) FROM " + quote(table) }
