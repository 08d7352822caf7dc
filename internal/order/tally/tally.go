// Package tally keeps counters without a hot row: whoever changes an order
// appends what it adds and takes in its own commit, a job folds that into the
// base, and readers add both.
//
// Owns: order_count and order_count_delta. Does not own: what is counted (order).
//
// Invariants: base plus deltas is the exact count at any instant; folding
// changes no sum.
package tally

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Cell is one counter. Day is yyyymmdd for counters by day, else 0.
type Cell struct {
	Shop   id.ID
	Bucket string
	Day    int64
}

func compare(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Shop, b.Shop), cmp.Compare(a.Bucket, b.Bucket), cmp.Compare(a.Day, b.Day))
}

// Value is what a counter says: how many, and their amount in fen.
type Value struct{ N, Fen int64 }

// Counts gathers what a transaction adds to and takes from the counters.
type Counts map[Cell]Value

// Add adds to one counter; n and fen may be negative.
func (c Counts) Add(k Cell, n, fen int64) {
	v := c[k]
	c[k] = Value{v.N + n, v.Fen + fen}
}

// cells lists the counters that changed, in one order, so that two writers never
// wait for each other.
func (c Counts) cells() []Cell {
	var out []Cell
	for k, v := range c {
		if v != (Value{}) {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, compare)
	return out
}

// WriteTx appends the differences to the deltas.
func (c Counts) WriteTx(ctx context.Context, tx *db.Tx, m id.ID, newID func() id.ID) error {
	keys := c.cells()
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{int64(m), int64(newID()), int64(k.Shop), k.Bucket, k.Day, c[k].N, c[k].Fen}
	}
	_, err := tx.Insert(ctx, "order_count_delta", deltaNames, rows, "")
	return err
}

// Fold adds a merchant's deltas to the base and reports how many it folded.
func Fold(ctx context.Context, d *db.DB, m id.ID) (folded int64, err error) {
	for {
		var n int64
		err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			c, taken, err := takeTx(ctx, tx, m)
			if err != nil {
				return err
			}
			n = taken
			return c.foldTx(ctx, tx, m)
		})
		if err != nil {
			return folded, err
		}
		if folded += n; n < foldBatch {
			return folded, nil
		}
	}
}

func takeTx(ctx context.Context, tx *db.Tx, m id.ID) (Counts, int64, error) {
	c, n := Counts{}, int64(0)
	for row := range db.Each(ctx, tx, takeDeltas, m, m, foldBatch) {
		var k Cell
		var v Value
		if err := row.Scan(&k.Shop, &k.Bucket, &k.Day, &v.N, &v.Fen); err != nil {
			return nil, 0, err
		}
		c.Add(k, v.N, v.Fen)
		n++
	}
	return c, n, nil
}

func (c Counts) foldTx(ctx context.Context, tx *db.Tx, m id.ID) error {
	var stmts []db.Stmt
	for _, k := range c.cells() {
		stmts = append(stmts, db.Stmt{SQL: addCount, Args: []any{m, k.Shop, k.Bucket, k.Day, c[k].N, c[k].Fen}, Want: 1})
	}
	_, err := tx.Batch(ctx, stmts)
	return err
}
