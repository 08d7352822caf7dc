package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/record"
)

// load reads heads, lines and open holds, in the order asked, leaving out what
// the actor may not see. With lock the heads stay locked until the commit.
func load(ctx context.Context, q db.Querier, ids []id.ID, lock bool) ([]Order, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[id.ID]*Order, len(ids))
	for part := range slices.Chunk(ids, lookupChunk) {
		if lock {
			// Locks are taken in one order, or two batches may wait for each other.
			part = slices.Sorted(slices.Values(part))
		}
		if err := readHeads(ctx, q, a, headColumns, part, lock, byID); err != nil {
			return nil, err
		}
		if err := readLines(ctx, q, a.MerchantID, lineColumns, part, byID); err != nil {
			return nil, err
		}
		if err := loadHolds(ctx, q, a.MerchantID, part, byID); err != nil {
			return nil, err
		}
	}
	return inOrder(ids, byID), nil
}

func loadHolds(ctx context.Context, q db.Querier, m id.ID, ids []id.ID, byID map[id.ID]*Order) error {
	for row := range db.Each(ctx, q, selectHolds(len(ids)), idArgs(m, ids)...) {
		var h Hold
		if err := row.Scan(&h.ID, &h.OrderID, &h.Kind, &h.Note, &h.RaisedAt, &h.RaisedBy, &h.UntilAt, &h.CauseID); err != nil {
			return err
		}
		if o := byID[h.OrderID]; o != nil {
			o.Holds = append(o.Holds, h)
		}
	}
	return nil
}

func inOrder(ids []id.ID, byID map[id.ID]*Order) []Order {
	out := make([]Order, 0, len(ids))
	for _, i := range ids {
		if o := byID[i]; o != nil {
			out = append(out, *o)
		}
	}
	return out
}

func readHeads(ctx context.Context, q db.Querier, a actor.Actor, cols []record.Column[Order], ids []id.ID, lock bool, byID map[id.ID]*Order) error {
	for row := range db.Each(ctx, q, selectHeads(cols, len(ids), lock), idArgs(a.MerchantID, ids)...) {
		o := &Order{}
		if err := row.Scan(record.Into(cols, o)...); err != nil {
			return err
		}
		if a.InScope("shop", o.ShopID) {
			byID[o.ID] = o
		}
	}
	return nil
}

func readLines(ctx context.Context, q db.Querier, m id.ID, cols []record.Column[OrderLine], ids []id.ID, byID map[id.ID]*Order) error {
	for row := range db.Each(ctx, q, selectLines(cols, len(ids)), idArgs(m, ids)...) {
		var l OrderLine
		if err := row.Scan(record.Into(cols, &l)...); err != nil {
			return err
		}
		if o := byID[l.OrderID]; o != nil {
			o.Lines = append(o.Lines, l)
		}
	}
	return nil
}
