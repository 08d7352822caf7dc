// Package dbtest gives tests a migrated, empty database on both engines. SQLite
// needs nothing; PostgreSQL is the server that ORDERCOVE_TEST_PG names. A missing
// server fails the test, it never skips.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver, for creating databases

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/migrations"
)

// Each runs f once on SQLite and once on PostgreSQL, each time on an empty
// migrated database whose statements are checked for table ownership.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

var (
	once   sync.Once
	master string // a migrated SQLite file to copy
	errOne error
)

// SQLite opens a migrated database in the test's own directory.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return open(t, SQLitePath(t))
}

// SQLitePath is SQLite for tests that open it themselves.
func SQLitePath(t testing.TB) string {
	t.Helper()
	once.Do(func() {
		dir, err := os.MkdirTemp("", "ordercove-test")
		if err != nil {
			errOne = err
			return
		}
		master = filepath.Join(dir, "master.db")
		d, err := db.Open(context.Background(), master, db.Options{})
		if err == nil {
			err = d.Migrate(context.Background(), migrations.FS)
		}
		if err == nil {
			err = d.Close()
		}
		errOne = err
	})
	if errOne != nil {
		t.Fatalf("prepare SQLite: %v", errOne)
	}
	b, err := os.ReadFile(master)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Postgres creates a database from a migrated template and drops it afterwards.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{CheckOwner: true, MaxConns: 12})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// PostgresURL is Postgres for tests that open it, or start the binary, themselves.
func PostgresURL(t testing.TB) string {
	t.Helper()
	base := os.Getenv("ORDERCOVE_TEST_PG")
	if base == "" {
		t.Fatal("ORDERCOVE_TEST_PG names no PostgreSQL server; ./check starts one, or run scripts/testpg")
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	admin.SetMaxOpenConns(1)
	tpl := template(t, admin, base)
	var r [6]byte
	_, _ = rand.Read(r[:])
	name := "oc_" + hex.EncodeToString(r[:])
	if _, err := admin.Exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + tpl); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		a, err := sql.Open("pgx", base)
		if err != nil {
			t.Error(err)
			return
		}
		defer a.Close()
		if _, err := a.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return withName(t, base, name)
}

func withName(t testing.TB, base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// template makes (once per schema version and server) a database to copy. Test
// binaries run side by side, so the work is done under a server-wide lock.
func template(t testing.TB, admin *sql.DB, base string) string {
	t.Helper()
	h := sha256.New()
	names, _ := fs.Glob(migrations.FS, "*.sql")
	for _, n := range names {
		b, err := fs.ReadFile(migrations.FS, n)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(h, n)
		h.Write(b)
	}
	name := "oc_tpl_" + hex.EncodeToString(h.Sum(nil))[:16]
	if _, err := admin.Exec(`SELECT pg_advisory_lock(7421)`); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = admin.Exec(`SELECT pg_advisory_unlock(7421)`) }()
	var n int
	if err := admin.QueryRow(`SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n == 1 {
		return name
	}
	// One that a test run left half made when it was ended.
	if _, err := admin.Exec(`DROP DATABASE IF EXISTS ` + name + `_new WITH (FORCE)`); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec(`CREATE DATABASE ` + name + `_new`); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(context.Background(), withName(t, base, name+"_new"), db.Options{})
	if err == nil {
		err = d.Migrate(context.Background(), migrations.FS)
	}
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		_, _ = admin.Exec(`DROP DATABASE ` + name + `_new WITH (FORCE)`)
		t.Fatalf("migrate PostgreSQL: %v", err)
	}
	if _, err := admin.Exec(`ALTER DATABASE ` + name + `_new RENAME TO ` + name); err != nil {
		t.Fatal(err)
	}
	return name
}
