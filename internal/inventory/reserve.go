package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ReserveTx reserves stock (占用) for order lines, each Want whole or not at all,
// earlier ones first, and returns those that found too little. What a line
// already holds stays and is added to. Call it once per transaction, with all
// wants and as late as possible: the balances it changes stay locked until the
// commit.
//
// Errors: ErrBadQuantity, ErrNoWarehouse (no default warehouse exists).
func (s *Service) ReserveTx(ctx context.Context, tx *db.Tx, wants []Want) ([]Short, error) {
	wants, err := s.placed(ctx, tx, wants)
	if err != nil || len(wants) == 0 {
		return nil, err
	}
	var n need
	for _, w := range wants {
		n.skus = append(n.skus, w.SKUID)
		if !w.New {
			n.orders = append(n.orders, w.OrderID)
		}
	}
	var short []Short
	err = s.bookTx(ctx, tx, n, func(b *book) error {
		short = short[:0]
		for _, w := range wants {
			if free, ok := b.reserve(w); !ok {
				short = append(short, Short{Want: w, Available: free})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return short, nil
}

// placed checks quantities and fills in the default warehouse.
func (s *Service) placed(ctx context.Context, q db.Querier, wants []Want) ([]Want, error) {
	out := make([]Want, len(wants))
	var standard id.ID
	for i, w := range wants {
		if w.Quantity < 1 || w.Quantity > MaxQuantity {
			return nil, ErrBadQuantity
		}
		if w.WarehouseID == 0 {
			if standard == 0 {
				d, err := s.DefaultTx(ctx, q)
				if err != nil {
					return nil, err
				}
				standard = d.ID
			}
			w.WarehouseID = standard
		}
		out[i] = w
	}
	return out, nil
}

// reserve serves one want if there is enough, and says how much there was.
func (b *book) reserve(w Want) (free int64, ok bool) {
	p := place{w.SKUID, w.WarehouseID, Good}
	if free = b.level(p).free(); free < w.Quantity {
		return max(free, 0), false
	}
	b.change(p, KindReserve, 0, w.Quantity, w.OrderID, w.LineID, "")
	b.hold(heldKey{w.OrderID, w.LineID, w.SKUID, w.WarehouseID}, w.Quantity)
	return free, true
}

// release gives back n pieces of one reservation.
func (b *book) release(k heldKey, n int64) {
	b.change(place{k.sku, k.warehouse, Good}, KindRelease, 0, -n, k.order, k.line, "")
	b.hold(k, -n)
}
