package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

func TestEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const three = `SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 ORDER BY n`
		t.Run("it yields the rows in their order", func(t *testing.T) {
			got, err := db.Column[int64](t.Context(), d, three)
			if err != nil || len(got) != 3 || got[0] != 1 || got[2] != 3 {
				t.Fatalf("%v, %v", got, err)
			}
		})
		t.Run("no rows are no error", func(t *testing.T) {
			got, err := db.Column[int64](t.Context(), d, `SELECT 1 WHERE 1 = 0`)
			if err != nil || len(got) != 0 {
				t.Fatalf("%v, %v", got, err)
			}
		})
		t.Run("a statement that fails is the error of the first Scan", func(t *testing.T) {
			if _, err := db.Column[int64](t.Context(), d, `SELECT nothing FROM nowhere`); err == nil {
				t.Fatal("no error")
			}
		})
		t.Run("a context that ends is an error, never a shorter list", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			n, failed := 0, error(nil)
			for row := range db.Each(ctx, d, `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) SELECT n FROM c`) {
				var v int64
				if failed = row.Scan(&v); failed != nil {
					break
				}
				if n++; n == 1 {
					cancel()
				}
			}
			cancel()
			if !errors.Is(failed, context.Canceled) {
				t.Fatalf("after %d rows: %v", n, failed)
			}
		})
		t.Run("a loop that is left gives its connection back", func(t *testing.T) {
			for range 100 {
				for row := range db.Each(t.Context(), d, three) {
					var v int64
					if err := row.Scan(&v); err != nil {
						t.Fatal(err)
					}
					break
				}
			}
		})
	})
}
