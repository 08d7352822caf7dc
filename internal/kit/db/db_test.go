package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

const addFile = `INSERT INTO file_chunk (merchant_id, file_id, chunk_no, body) VALUES (?, ?, ?, ?)`

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM file_chunk WHERE merchant_id = ?`, 1).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCallersThatShareACommitKeepTheirOwnFate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		var mu sync.Mutex
		var ok, failed, panicked int
		for i := range 60 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() {
					if recover() != nil {
						mu.Lock()
						panicked++
						mu.Unlock()
					}
				}()
				err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					if _, err := tx.Exec(ctx, addFile, 1, 1, i, []byte("x")); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return boom
					case 2:
						panic("torn")
					}
					return nil
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					ok++
				case errors.Is(err, boom):
					failed++
				}
			}()
		}
		wg.Wait()
		if ok != 20 || failed != 20 || panicked != 20 || count(t, d) != 20 {
			t.Fatalf("ok %d failed %d panicked %d rows %d, want 20 each", ok, failed, panicked, count(t, d))
		}
	})
}

func TestACancelledCallerDoesNotStartAndNestingIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.InTx(ctx, func(context.Context, *db.Tx) error { t.Error("ran"); return nil }); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return d.InTx(ctx, func(context.Context, *db.Tx) error { return nil })
		})
		if !errors.Is(err, db.ErrNested) {
			t.Fatal(err)
		}
	})
}

func TestASwallowedErrorNeverLooksCommitted(t *testing.T) {
	d := dbtest.Postgres(t)
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, _ = tx.Exec(ctx, addFile, 1, 1, 1, []byte("x"))
		_, _ = tx.Exec(ctx, addFile, 1, 1, 1, []byte("x"))
		return nil
	})
	if err == nil {
		t.Fatal("a transaction that PostgreSQL rolled back was reported as committed")
	}
	if n := count(t, d); n != 0 {
		t.Fatal(n)
	}
}

func TestBulkInsertBatchAndSavepoints(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			rows := make([][]any, 0, 130)
			for i := range 130 {
				rows = append(rows, []any{1, 7, i, []byte("b")})
			}
			if n, err := tx.Insert(ctx, "file_chunk", []string{"merchant_id", "file_id", "chunk_no", "body"}, rows, ""); err != nil || n != 130 {
				t.Errorf("insert: %d %v", n, err)
			}
			if n, err := tx.Insert(ctx, "file_chunk", []string{"merchant_id", "file_id", "chunk_no", "body"}, rows[:3], "ON CONFLICT DO NOTHING"); err != nil || n != 0 {
				t.Errorf("again: %d %v", n, err)
			}
			err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, addFile, 1, 7, 0, []byte("dup"))
				return err
			})
			if !db.IsUnique(err) {
				t.Errorf("want a unique violation, got %v", err)
			}
			del := `DELETE FROM file_chunk WHERE merchant_id = ? AND file_id = ? AND chunk_no = ?`
			miss, err := tx.Batch(ctx, []db.Stmt{{SQL: del, Args: []any{1, 7, 0}, Want: 1}, {SQL: del, Args: []any{1, 7, 999}, Want: 1}, {SQL: del, Args: []any{1, 7, 1}, Want: -1}})
			if err != nil || miss != 1 {
				t.Errorf("batch: %d %v", miss, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, d); n < 128 || n > 129 {
			t.Fatal(n)
		}
	})
}
