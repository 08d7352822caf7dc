package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

func TestAfterCommitRunsForWhatIsOnDiskOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		var mu sync.Mutex
		told := map[string]int{}
		tell := func(tx *db.Tx, what string) {
			tx.AfterCommit(func() {
				mu.Lock()
				told[what]++
				mu.Unlock()
			})
		}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					tell(tx, "outer")
					_ = tx.Save(ctx, func(_ context.Context, tx *db.Tx) error { tell(tx, "saved"); return nil })
					_ = tx.Save(ctx, func(_ context.Context, tx *db.Tx) error { tell(tx, "undone row"); return boom })
					if i%2 == 1 {
						tell(tx, "undone")
						return boom
					}
					return nil
				})
				if (i%2 == 1) != errors.Is(err, boom) {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if told["outer"] != 10 || told["saved"] != 10 || told["undone"] != 0 || told["undone row"] != 0 {
			t.Fatalf("told %v", told)
		}
	})
}

// TestAFullDiskRefusesWritesOnlyAndHealsByItself bounds the file instead of
// filling a disk: SQLite reports both alike.
func TestAFullDiskRefusesWritesOnlyAndHealsByItself(t *testing.T) {
	d := dbtest.SQLite(t)
	write := func(n int) error {
		return d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, addFile, 1, 1, n, bytes.Repeat([]byte("x"), 200_000))
			return err
		})
	}
	bound := func(pages string) {
		if err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "PRAGMA max_page_count = "+pages)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := write(1); err != nil {
		t.Fatal(err)
	}
	var pages int64
	if err := d.QueryRow(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	bound(fmt.Sprint(pages + 10))
	for range 3 {
		if err := write(2); !errors.Is(err, db.ErrDiskFull) {
			t.Fatalf("on a full disk: %v", err)
		}
		if n := count(t, d); n != 1 {
			t.Fatalf("%d rows can be read, want 1", n)
		}
	}
	bound("1000000")
	if err := write(2); err != nil {
		t.Fatalf("after space was freed: %v", err)
	}
	if n := count(t, d); n != 2 {
		t.Fatalf("%d rows, want 2", n)
	}
	if bad, err := d.Check(t.Context()); err != nil || len(bad) > 0 {
		t.Fatalf("%v %v", bad, err)
	}
}

func TestTheSizeIsKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if n, err := d.Size(t.Context()); err != nil || n < 100_000 {
			t.Fatalf("%d %v", n, err)
		}
	})
}

func TestBulkWorkFailsAloneAndCarriesOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 40 {
			run, bad := d.InTx, i%4 == 3
			if i%2 == 1 {
				run = d.InBulkTx
			}
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := run(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					if _, err := tx.Exec(ctx, addFile, 1, 1, i, []byte("x")); err != nil {
						return err
					}
					if bad {
						return boom
					}
					return nil
				})
				if errors.Is(err, boom) != bad {
					t.Errorf("caller %d: %v", i, err)
				}
			}()
		}
		wg.Wait()
		if n := count(t, d); n != 30 {
			t.Fatalf("%d rows, want those of the 30 that did not fail", n)
		}
	})
}

// TestRowsThatDoNotFitLeaveNothingOfTheirKind: SQLite stops at the row that does not
// fit and keeps those before it, until the savepoint or the transaction is undone.
func TestRowsThatDoNotFitLeaveNothingOfTheirKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cols := []string{"merchant_id", "file_id", "chunk_no", "body"}
		rows := func(from int64) (out [][]any) {
			for i := range int64(70) {
				out = append(out, []any{int64(1), int64(1), from + i, []byte("x")})
			}
			return append(out, out[3]) // twice the same key
		}
		twice := func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Insert(ctx, "file_chunk", cols, rows(100), "")
			return err
		}
		if err := d.InTx(t.Context(), twice); !db.IsUnique(err) {
			t.Fatal(err)
		}
		if n := count(t, d); n != 0 {
			t.Fatalf("%d rows of an undone transaction", n)
		}
		if err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := tx.Save(ctx, twice); !db.IsUnique(err) {
				t.Error(err)
			}
			_, err := tx.Exec(ctx, addFile, 1, 1, 7, []byte("x"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d); n != 1 {
			t.Fatalf("%d rows, want the one beside the savepoint", n)
		}
	})
}
