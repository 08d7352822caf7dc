package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/migrations"
)

func TestADataFolderMayHaveAnyName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "50% #1? 数据")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a.db")
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context(), migrations.FS); err != nil {
		t.Fatal(err)
	}
	var n int64
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM iam_merchant`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the database is somewhere else: %v", err)
	}
}
