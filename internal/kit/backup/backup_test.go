package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"

	"github.com/ordercove/ordercove/internal/kit/backup"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

var (
	first  = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE file_thing (merchant_id BIGINT NOT NULL, id BIGINT NOT NULL, body BLOB, note TEXT NOT NULL DEFAULT '', PRIMARY KEY (merchant_id, id));\nCREATE INDEX file_thing_note ON file_thing (merchant_id, note) WHERE note <> '';\n-- +goose Down\nDROP TABLE file_thing;\n")}
	second = &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE file_thing ADD COLUMN size_bytes BIGINT NOT NULL DEFAULT 7;\nCREATE TABLE file_more (merchant_id BIGINT NOT NULL PRIMARY KEY);\n-- +goose Down\nDROP TABLE file_more;\n")}
	oldFS  = fstest.MapFS{"0001_first.sql": first}
	newFS  = fstest.MapFS{"0001_first.sql": first, "0002_second.sql": second}
)

// place is an empty place for a database of either engine.
func place(t *testing.T, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "x.db")
	}
	url := dbtest.PostgresURL(t)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
	return url
}

func open(t *testing.T, url string, schema fs.FS) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func silent(string, int64) {}

func write(t *testing.T, url string, to age.Recipient) (backup.Header, backup.Closing, []byte) {
	t.Helper()
	var b bytes.Buffer
	h, c, err := backup.Write(t.Context(), backup.Source{URL: url, Dir: t.TempDir(), Product: "9.9", Now: 1, MasterKey: []byte("k"), KeyID: "id", Progress: silent},
		[]age.Recipient{to}, &b)
	if err != nil {
		t.Fatal(err)
	}
	return h, c, b.Bytes()
}

func stage(t *testing.T, b []byte, with age.Identity, url string, schema fs.FS) (backup.Staged, error) {
	t.Helper()
	r, err := backup.OpenReader(bytes.NewReader(b), []age.Identity{with}, silent)
	if err != nil {
		return nil, err
	}
	s, _, err := r.Stage(t.Context(), url, schema)
	return s, err
}

func eachEngine(t *testing.T, f func(t *testing.T, engine string, key *age.X25519Identity)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			key, err := age.GenerateX25519Identity()
			if err != nil {
				t.Fatal(err)
			}
			f(t, engine, key)
		})
	}
}

func fill(t *testing.T, d *db.DB, rows int) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i := range rows {
			body := bytes.Repeat([]byte{byte(i), 0, 255, '\\', '\n'}, 2000)
			if _, err := tx.Exec(ctx, "INSERT INTO file_thing (merchant_id, id, body, note) VALUES (1, ?, ?, ?)", i, body, "第 "+string(rune('一'+i))+" 件\t\\N"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnOlderSchemaComesBackAsItWasAndMigratesUp(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine string, key *age.X25519Identity) {
		from, to := place(t, engine), place(t, engine)
		fill(t, open(t, from, oldFS), 300)
		h, c, b := write(t, from, key.Recipient())
		if h.Schema != 1 || h.Engine != engine || c.Tables["file_thing"] != 300 {
			t.Fatalf("%+v %+v", h, c)
		}
		s, err := stage(t, b, key, to, newFS)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Abort()
		if err := s.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		d := open(t, to, newFS)
		if v, err := d.SchemaVersion(t.Context()); err != nil || v != 2 {
			t.Fatalf("schema %d %v after the migration", v, err)
		}
		was := open(t, from, oldFS)
		for i := range 300 {
			var b1, b2 []byte
			var n1, n2 string
			var size int64
			if err := was.QueryRow(t.Context(), "SELECT body, note FROM file_thing WHERE merchant_id = 1 AND id = ?", i).Scan(&b1, &n1); err != nil {
				t.Fatal(err)
			}
			if err := d.QueryRow(t.Context(), "SELECT body, note, size_bytes FROM file_thing WHERE merchant_id = 1 AND id = ?", i).Scan(&b2, &n2, &size); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b1, b2) || n1 != n2 || size != 7 {
				t.Fatalf("row %d differs: %q and %q", i, n1, n2)
			}
		}
	})
}

func TestANewerSchemaIsRefusedAndLeavesNothing(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine string, key *age.X25519Identity) {
		from, to := place(t, engine), place(t, engine)
		open(t, from, newFS)
		_, _, b := write(t, from, key.Recipient())
		if _, err := stage(t, b, key, to, oldFS); !errors.Is(err, backup.ErrNewer) {
			t.Fatalf("got %v", err)
		}
		if err := backup.CheckTarget(t.Context(), to); err != nil {
			t.Fatalf("the target after it: %v", err)
		}
	})
}

func TestWhatIsStagedOnlyIsNeverSeen(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine string, key *age.X25519Identity) {
		from, to := place(t, engine), place(t, engine)
		fill(t, open(t, from, oldFS), 5)
		_, _, b := write(t, from, key.Recipient())
		s, err := stage(t, b, key, to, oldFS)
		if err != nil {
			t.Fatal(err)
		}
		s.Abort()
		if err := backup.CheckTarget(t.Context(), to); err != nil {
			t.Fatalf("the target after it: %v", err)
		}
		if engine == "sqlite" {
			if left, err := os.ReadDir(filepath.Dir(to)); err != nil || len(left) > 0 {
				t.Fatalf("left %v %v", left, err)
			}
		}
	})
}

// TestARestoredPostgreSQLHasTheSchemaTheMigrationsMake compares the catalogues,
// because a restore runs the migrations' statements itself.
func TestARestoredPostgreSQLHasTheSchemaTheMigrationsMake(t *testing.T) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	from, to := place(t, "postgres"), place(t, "postgres")
	open(t, from, newFS)
	_, _, b := write(t, from, key.Recipient())
	s, err := stage(t, b, key, to, newFS)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Abort()
	a, z := catalogue(t, from), catalogue(t, to)
	if !slices.Equal(a, z) || len(a) < 10 {
		t.Fatalf("made by the migrations:\n%q\nrestored:\n%q", a, z)
	}
}

func catalogue(t *testing.T, url string) []string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	rows, err := c.Query(t.Context(), `SELECT concat_ws(' ', table_name, column_name, ordinal_position, data_type, column_default, is_nullable, collation_name, is_identity)
		FROM information_schema.columns WHERE table_schema = 'public' UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT concat_ws(' ', 'next id', nextval(pg_get_serial_sequence('goose_db_version', 'id'))) ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSweepRemovesOnlyWhatAKilledCommandLeft(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a[1]*")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".backup-12.db", ".backup-12.db-journal", ".restore-7.db", "ordercove.db", "backup-1.db"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := backup.Sweep(dir, backup.Copies); err != nil {
		t.Fatal(err)
	}
	if err := backup.Sweep(dir, backup.Stages); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != "backup-1.db" || left[1].Name() != "ordercove.db" {
		t.Fatalf("left %v %v", left, err)
	}
}
