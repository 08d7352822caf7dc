package order

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

type cell struct {
	shop   id.ID
	bucket string
	day    int64
}

type tally struct{ n, fen int64 }

// counts gathers what a transaction adds to and takes from the counters.
type counts map[cell]tally

// add counts one order's contribution, sign +1 or −1; see doc.go for the buckets.
func (c counts) add(o *Order, sign int64) {
	put := func(bucket string, day, fen int64) {
		k := cell{o.ShopID, bucket, day}
		t := c[k]
		c[k] = tally{t.n + sign, t.fen + sign*fen}
	}
	var fen int64
	if o.Amounts.BuyerPaid != nil {
		fen = int64(*o.Amounts.BuyerPaid)
	}
	put("placed", day(o.PlacedAt), fen)
	if paid := paidDay(o); paid != 0 {
		put("paid", day(paid), fen)
	}
	if o.ShippedAt != 0 {
		put("shipped", day(o.ShippedAt), fen)
	}
	if o.Archived {
		put("archived", 0, 0)
		return
	}
	put("all", 0, 0)
	work := o.State <= PartlyShipped
	switch {
	case !work || !o.History:
		put(o.State.String(), 0, 0)
	case o.State >= AwaitingApproval:
		put("adoptable", 0, 0)
	}
	if o.Problem {
		put("problem", 0, 0)
	}
	if o.InAftersale {
		put("in_aftersale", 0, 0)
	}
	if o.Unread && !o.History {
		put("unread", 0, 0)
	}
}

// paidDay is the instant under which an order's money counts: when it was paid,
// else when it was placed; 0 while nothing was paid.
func paidDay(o *Order) int64 {
	switch {
	case o.PaidAt != 0:
		return o.PaidAt
	case paymentProgress[o.Payment] >= paymentProgress[Paid]:
		return o.PlacedAt
	}
	return 0
}

// writeTx appends the deltas that are not zero, in a fixed order.
func (c counts) writeTx(ctx context.Context, tx *db.Tx, m id.ID, newID func() id.ID) error {
	var keys []cell
	for k, t := range c {
		if t != (tally{}) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.shop, b.shop), cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.day, b.day))
	})
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{int64(m), int64(newID()), int64(k.shop), k.bucket, k.day, c[k].n, c[k].fen}
	}
	_, err := tx.Insert(ctx, "order_count_delta", deltaNames, rows, "")
	return err
}

// FoldCounts adds appended deltas to the counters' base, for the acting
// merchant, and reports how many it folded. It is run again and again by a
// periodic job; readers add base and deltas, so its timing changes no answer.
func (s *Service) FoldCounts(ctx context.Context) (folded int64, err error) {
	for {
		var n int64
		err := s.kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			n = 0
			c, taken, err := takeTx(ctx, tx, actor.Merchant(ctx))
			if err != nil {
				return err
			}
			n = taken
			return c.foldTx(ctx, tx, actor.Merchant(ctx))
		})
		folded += n
		if err != nil || n < foldBatch {
			return folded, err
		}
	}
}

// foldBatch is how many deltas one transaction folds (the LIMIT of takeDeltas).
const foldBatch = 2000

func takeTx(ctx context.Context, tx *db.Tx, m id.ID) (counts, int64, error) {
	rows, err := tx.Query(ctx, takeDeltas, m, m)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	c, n := counts{}, int64(0)
	for rows.Next() {
		var k cell
		var t tally
		if err := rows.Scan(&k.shop, &k.bucket, &k.day, &t.n, &t.fen); err != nil {
			return nil, 0, err
		}
		old := c[k]
		c[k] = tally{old.n + t.n, old.fen + t.fen}
		n++
	}
	return c, n, rows.Err()
}

func (c counts) foldTx(ctx context.Context, tx *db.Tx, m id.ID) error {
	var stmts []db.Stmt
	for k, t := range c {
		if t != (tally{}) {
			stmts = append(stmts, db.Stmt{SQL: addCount, Args: []any{m, k.shop, k.bucket, k.day, t.n, t.fen}, Want: 1})
		}
	}
	// One order of keys, so that two folders never wait for each other.
	slices.SortFunc(stmts, func(a, b db.Stmt) int {
		return cmp.Or(cmp.Compare(a.Args[1].(id.ID), b.Args[1].(id.ID)), cmp.Compare(a.Args[2].(string), b.Args[2].(string)), cmp.Compare(a.Args[3].(int64), b.Args[3].(int64)))
	})
	_, err := tx.Batch(ctx, stmts)
	return err
}
