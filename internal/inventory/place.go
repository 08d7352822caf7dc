package inventory

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Placement says in which warehouses an order is to hold how much. What it holds
// beyond that stays where it is; goods of lines that are not named are not touched.
type Placement struct {
	OrderID id.ID
	Wants   []Want
}

// PlaceEachTx moves the reservations of orders to where they are to ship from, each
// order whole or not at all, and reserves what was missing. The shorts of an order
// stand at its place; none means it is served.
//
// Errors: ErrBadQuantity, ErrNoWarehouse.
func (s *Service) PlaceEachTx(ctx context.Context, tx *db.Tx, all []Placement) ([][]Short, error) {
	var n need
	wants := make([][]Want, len(all))
	for i, p := range all {
		var err error
		if wants[i], err = s.placed(ctx, tx, p.Wants); err != nil {
			return nil, err
		}
		n.orders = append(n.orders, p.OrderID)
		for _, w := range wants[i] {
			n.skus = append(n.skus, w.SKUID)
		}
	}
	out := make([][]Short, len(all))
	if len(all) == 0 {
		return out, nil
	}
	return out, s.bookTx(ctx, tx, n, func(b *book) error {
		for i, p := range all {
			out[i] = nil
			err := b.attempt(func() error {
				if out[i] = b.place(p.OrderID, wants[i]); len(out[i]) > 0 {
					return errShort
				}
				return nil
			})
			if err != nil && !errors.Is(err, errShort) {
				return err
			}
		}
		return nil
	})
}

// place serves one order's wants: goods it holds elsewhere move first.
func (b *book) place(order id.ID, wants []Want) []Short {
	miss := map[heldKey]int64{}
	for _, w := range wants {
		miss[heldKey{order, w.LineID, w.SKUID, w.WarehouseID}] += w.Quantity
	}
	for k := range miss {
		if h := b.helds[k]; h != nil {
			miss[k] -= h.now
		}
	}
	need := map[heldKey]int64{} // by line and SKU
	var keys []heldKey
	for k, n := range miss {
		if n > 0 {
			need[heldKey{order, k.line, k.sku, 0}] += n
			keys = append(keys, k)
		}
	}
	for _, k := range b.heldOf(order) {
		over := b.helds[k].now
		if n, wanted := miss[k]; wanted {
			over = -n
		}
		at := heldKey{order, k.line, k.sku, 0}
		if give := min(over, need[at]); give > 0 {
			b.release(k, give)
			need[at] -= give
		}
	}
	slices.SortFunc(keys, compareHeld)
	var short []Short
	for _, k := range keys {
		w := Want{OrderID: order, LineID: k.line, SKUID: k.sku, WarehouseID: k.warehouse, Quantity: miss[k]}
		if free, ok := b.reserve(w); !ok {
			short = append(short, Short{Want: w, Available: free})
		}
	}
	return short
}

// Free is how many pieces of a SKU orders could still reserve in a warehouse,
// backorder included. It may be negative.
type Free struct {
	SKUID       id.ID
	WarehouseID id.ID
	Quantity    int64
}

// FreeTx reads what is free of plain SKUs in every warehouse, sorted.
func (s *Service) FreeTx(ctx context.Context, q db.Querier, skuIDs []id.ID) ([]Free, error) {
	var out []Free
	for part := range slices.Chunk(sorted(skuIDs), 500) {
		part = db.Pad(part)
		for row := range db.Each(ctx, q, selectFreeEverywhere(len(part)), listArgs(actor.Merchant(ctx), part)...) {
			var f Free
			if err := row.Scan(&f.SKUID, &f.WarehouseID, &f.Quantity); err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Free) int {
		return cmp.Or(cmp.Compare(a.SKUID, b.SKUID), cmp.Compare(a.WarehouseID, b.WarehouseID))
	})
	return out, nil
}
