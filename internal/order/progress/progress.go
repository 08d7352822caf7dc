// Package progress counts on order lines what the warehouse did with them, beside the
// counters that the order itself keeps: pieces picked (拣货), pieces that came back (退货入库) and
// pieces sent again (补发).
//
// Owns: the columns picked, returned_good, returned_defective and reshipped of order_line.
//
// Packed pieces have no counter: the scan that completes a parcel ships it, and what waits for
// its weight is known at the bench (packing/verify).
//
// Does not own: every other column of it (order), who picked (packing/wave), stock that comes back
// (aftersale), the orders that send goods again (intake/reship).
//
// Invariants: a counter never falls below zero, no more comes back than has left, and a change of it is neither a change
// of the order's content nor of its version.
//
// Read next: order.OrderLine.
package progress

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Pieces of an order line.
type Pieces struct {
	OrderID  id.ID
	LineID   id.ID
	Quantity int64 // negative where they went back to the shelf
}

// PickedTx adds to what is picked of order lines. Lines that do not exist are passed
// over.
func PickedTx(ctx context.Context, tx *db.Tx, all []Pieces) error {
	if len(all) == 0 {
		return nil
	}
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Pieces) int {
		return cmp.Or(cmp.Compare(a.OrderID, b.OrderID), cmp.Compare(a.LineID, b.LineID))
	})
	m := actor.Merchant(ctx)
	if err := lock(ctx, tx, m, all); err != nil {
		return err
	}
	stmts := make([]db.Stmt, len(all))
	for i, p := range all {
		stmts[i] = db.Stmt{SQL: addPicked, Args: []any{p.Quantity, p.Quantity, m, p.OrderID, p.LineID}, Want: -1}
	}
	_, err := tx.Batch(ctx, stmts)
	return err
}

// lock takes the orders first, as whoever changes one does: a writer that has read a
// line would put the old number back.
func lock(ctx context.Context, tx *db.Tx, m id.ID, all []Pieces) error {
	if tx.Dialect() != db.Postgres {
		return nil
	}
	var ids []id.ID
	for _, p := range all {
		ids = append(ids, p.OrderID)
	}
	for part := range slices.Chunk(slices.Compact(ids), inChunks) {
		args := []any{m}
		for _, one := range db.Pad(part) {
			args = append(args, one)
		}
		if err := db.Read(ctx, tx, lockOrders(len(args)-1), args, func(r *db.Row) { _ = r.Int() }); err != nil {
			return err
		}
	}
	return nil
}
