package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

var (
	textColumn = regexp.MustCompile(`\bTEXT\b`)
	blobColumn = regexp.MustCompile(`\bBLOB\b`)
)

// dialectFS gives goose the migrations in the engine's own words. The files are
// written for SQLite; PostgreSQL gets BYTEA for BLOB, byte-ordered text, and no
// WITHOUT ROWID.
func dialectFS(d Dialect, src fs.FS) (fs.FS, error) {
	out := fstest.MapFS{}
	names, err := fs.Glob(src, "*.sql")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		b, err := fs.ReadFile(src, n)
		if err != nil {
			return nil, err
		}
		s := string(b)
		if d == Postgres {
			s = blobColumn.ReplaceAllString(s, "BYTEA")
			s = textColumn.ReplaceAllString(s, `TEXT COLLATE "C"`)
			s = strings.ReplaceAll(s, " WITHOUT ROWID", "")
		}
		out[n] = &fstest.MapFile{Data: []byte(s)}
	}
	return out, nil
}

// Migration is one step and when it was applied; AppliedAt is 0 while pending.
type Migration struct {
	Version   int64  `json:"version"`
	Name      string `json:"name"`
	AppliedAt int64  `json:"applied_at"`
}

func (d *DB) provider(src fs.FS) (*goose.Provider, func() error, error) {
	fsys, err := dialectFS(d.Dialect, src)
	if err != nil {
		return nil, nil, err
	}
	if d.Dialect == Postgres {
		p, err := goose.NewProvider(database.DialectPostgres, d.pool, fsys)
		return p, func() error { return nil }, err
	}
	// The writer owns its connection; migrations take one of their own.
	path := ""
	if err := d.pool.QueryRow("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		return nil, nil, err
	}
	m, err := sql.Open("sqlite", sqliteDSN(path, true))
	if err != nil {
		return nil, nil, err
	}
	m.SetMaxOpenConns(1)
	p, err := goose.NewProvider(database.DialectSQLite3, m, fsys)
	return p, m.Close, err
}

// Migrate brings the schema up to date. It is safe to call at every start.
func (d *DB) Migrate(ctx context.Context, src fs.FS) error {
	if done, err := d.migrated(ctx, src); err != nil || done {
		return err
	}
	p, done, err := d.provider(src)
	if err != nil {
		return err
	}
	defer done()
	applied, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if len(applied) > 0 {
		return d.assumeStatistics(ctx)
	}
	return nil
}

// migrated reports that every step was applied: nearly every start finds that, and
// three look-ups say so without the tool.
func (d *DB) migrated(ctx context.Context, src fs.FS) (bool, error) {
	v, err := d.SchemaVersion(ctx)
	if err != nil || v == 0 {
		return false, err
	}
	names, err := fs.Glob(src, "*.sql")
	if err != nil {
		return false, err
	}
	var last int64
	for _, n := range names {
		number, _, _ := strings.Cut(n, "_")
		step, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return false, nil // the tool says what is wrong with the name
		}
		last = max(last, step)
	}
	var applied int
	err = d.pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+VersionTable+" WHERE version_id > 0").Scan(&applied)
	return v == last && applied == len(names), err
}

// MigrationStatus lists every step, applied or pending.
func (d *DB) MigrationStatus(ctx context.Context, src fs.FS) ([]Migration, error) {
	p, done, err := d.provider(src)
	if err != nil {
		return nil, err
	}
	defer done()
	all, err := p.Status(ctx)
	if err != nil {
		return nil, err
	}
	var out []Migration
	for _, s := range all {
		m := Migration{Version: s.Source.Version, Name: s.Source.Path}
		if s.State == goose.StateApplied {
			m.AppliedAt = s.AppliedAt.UnixMilli()
		}
		out = append(out, m)
	}
	return out, nil
}
