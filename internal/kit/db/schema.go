package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3/database"
)

// VersionTable is where the migration tool notes what it applied.
const VersionTable = "goose_db_version"

// SchemaStep is one migration in the engine's own words.
type SchemaStep struct {
	Version int64
	Up      string // statements, separated by semicolons
}

// SchemaSteps lists the migrations in src in order. A restore builds the schema a
// backup was made with from them, in its own transaction, which the migration
// tool cannot join.
func SchemaSteps(d Dialect, src fs.FS) ([]SchemaStep, error) {
	fsys, err := dialectFS(d, src)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return nil, err
	}
	var out []SchemaStep
	for _, n := range names {
		b, err := fs.ReadFile(fsys, n)
		if err != nil {
			return nil, err
		}
		number, _, _ := strings.Cut(n, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		_, up, found := strings.Cut(string(b), "-- +goose Up\n")
		if err != nil || !found || strings.Contains(up, "-- +goose Statement") || strings.Contains(up, "-- +goose NO TRANSACTION") {
			return nil, fmt.Errorf("db: migration %s is not plain statements of one transaction", n)
		}
		up, _, _ = strings.Cut(up, "-- +goose Down")
		out = append(out, SchemaStep{version, up})
	}
	slices.SortFunc(out, func(a, b SchemaStep) int { return int(a.Version - b.Version) })
	return out, nil
}

// SchemaVersion is the number of the last migration that was applied, 0 in a
// database without our schema. It changes nothing.
func (d *DB) SchemaVersion(ctx context.Context) (v int64, err error) {
	known := "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '" + VersionTable + "'"
	if d.Dialect == Postgres {
		known = "SELECT COUNT(to_regclass('" + VersionTable + "'))"
	}
	var n int64
	if err := d.pool.QueryRowContext(ctx, known).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	err = d.pool.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+VersionTable).Scan(&v)
	return v, err
}

// CreateVersionTable makes the migration tool's own table on PostgreSQL, empty.
func CreateVersionTable(ctx context.Context, c *sql.Conn) error {
	s, err := database.NewStore(database.DialectPostgres, VersionTable)
	if err != nil {
		return err
	}
	return s.CreateVersionTable(ctx, c)
}

// Snapshot writes a consistent copy of an open SQLite database to path, which is
// absent or an empty file. Writers go on meanwhile; the copy holds every
// transaction that was acknowledged before the call.
func (d *DB) Snapshot(ctx context.Context, path string) error {
	if d.Dialect != SQLite {
		return errors.New("db: a snapshot file is SQLite's")
	}
	from := ""
	if err := d.pool.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&from); err != nil {
		return err
	}
	c, err := sql.Open("sqlite", sqliteDSN(from, true))
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.ExecContext(ctx, "VACUUM INTO ?", path)
	return diskFull(err)
}
