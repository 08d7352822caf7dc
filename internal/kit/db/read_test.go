package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

func TestReadHandsOverWhatQueryWould(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const q = `SELECT chunk_no, CAST(file_id AS TEXT), CAST(NULL AS BIGINT) FROM file_chunk WHERE merchant_id = ? AND chunk_no < ? ORDER BY chunk_no`
		type row struct {
			no    int64
			text  string
			known bool
		}
		read := func(ctx context.Context, from db.Querier) (out []row, err error) {
			err = db.Read(ctx, from, q, []any{1, 3}, func(r *db.Row) {
				one := row{no: r.Int(), text: r.Text()}
				_, one.known = r.MaybeInt()
				out = append(out, one)
			})
			return out, err
		}
		check := func(t *testing.T, where string, got []row, err error) {
			t.Helper()
			if err != nil || len(got) != 3 || got[2] != (row{2, "-7", false}) {
				t.Errorf("%s: read %+v, %v", where, got, err)
			}
		}
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range 5 {
				if _, err := tx.Exec(ctx, addFile, 1, -7, i, []byte("x")); err != nil {
					return err
				}
			}
			got, err := read(ctx, tx)
			check(t, "in the transaction that wrote", got, err)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // a statement is used again
			got, err := read(t.Context(), d)
			check(t, "afterwards", got, err)
		}
	})
}

func TestReadRefusesWhatItCannotRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		none := func(*db.Row) {}
		if err := db.Read(t.Context(), d, "SELECT nothing FROM nowhere", nil, none); err == nil {
			t.Error("a broken statement was read")
		}
		if err := db.Read(t.Context(), d, "SELECT CAST('a' AS TEXT)", nil, func(r *db.Row) { r.Int() }); err == nil {
			t.Error("a text was read as a number")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Read(ctx, d, "SELECT CAST(1 AS BIGINT)", nil, none); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller who had left got %v", err)
		}
	})
}
