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
