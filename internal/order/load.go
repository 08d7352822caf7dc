package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
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
	rows, err := q.Query(ctx, selectHolds(len(ids)), idArgs(m, ids)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var h Hold
		if err := rows.Scan(&h.ID, &h.OrderID, &h.Kind, &h.Note, &h.RaisedAt, &h.RaisedBy); err != nil {
			return err
		}
		if o := byID[h.OrderID]; o != nil {
			o.Holds = append(o.Holds, h)
		}
	}
	return rows.Err()
}
