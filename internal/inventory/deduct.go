package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// DeductTx takes goods off the shelf for shipments that leave now (扣减): first
// what the line has reserved, wherever it is reserved, then what is available.
// All takes or none.
//
// Errors: ErrInsufficient (with sku_id, wanted, available), ErrBadQuantity,
// ErrNoWarehouse.
func (s *Service) DeductTx(ctx context.Context, tx *db.Tx, takes []Take) error {
	each, err := s.DeductEachTx(ctx, tx, [][]Take{takes})
	if err != nil {
		return err
	}
	return each[0]
}

// DeductEachTx is DeductTx for many shipments at once: each is served whole or
// not at all, and its own error stands at its place in the answer. Hundreds of
// shipments take a few statements.
func (s *Service) DeductEachTx(ctx context.Context, tx *db.Tx, shipments [][]Take) ([]error, error) {
	return s.deductEachTx(ctx, tx, shipments, false)
}

// TryDeductEachTx says what DeductEachTx would answer, and writes nothing.
func (s *Service) TryDeductEachTx(ctx context.Context, tx *db.Tx, shipments [][]Take) ([]error, error) {
	return s.deductEachTx(ctx, tx, shipments, true)
}

func (s *Service) deductEachTx(ctx context.Context, tx *db.Tx, shipments [][]Take, try bool) ([]error, error) {
	shipments, n, err := s.takes(ctx, tx, shipments)
	if err != nil {
		return nil, err
	}
	n.try = try
	out := make([]error, len(shipments))
	err = s.bookTx(ctx, tx, n, func(b *book) error {
		for i, takes := range shipments {
			out[i] = b.attempt(func() error {
				for _, t := range takes {
					if have := b.deductible(t); have < t.Quantity {
						return ErrInsufficient.With("sku", t.SKUID, "wanted", t.Quantity, "available", have)
					}
					b.deduct(t, t.Quantity)
				}
				return nil
			})
			if out[i] != nil && !b.locked && !try {
				return out[i] // look again under locks before refusing
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, s.nameShorts(ctx, tx, out)
}

// DeductGoneTx books goods that have already left (shipped elsewhere): it takes
// what there is, gives up the rest of the reservation, and returns what our books
// did not have. A fact is never refused.
func (s *Service) DeductGoneTx(ctx context.Context, tx *db.Tx, takes []Take) ([]Short, error) {
	all, n, err := s.takes(ctx, tx, [][]Take{takes})
	if err != nil {
		return nil, err
	}
	var short []Short
	err = s.bookTx(ctx, tx, n, func(b *book) error {
		short = short[:0]
		for _, t := range all[0] {
			if t.Quantity -= b.deductAway(t); t.Quantity == 0 {
				continue
			}
			have := min(b.deductible(t), t.Quantity)
			if have < t.Quantity {
				short = append(short, Short{Want: Want{OrderID: t.OrderID, LineID: t.LineID, SKUID: t.SKUID, WarehouseID: t.WarehouseID, Quantity: t.Quantity}, Available: have})
			}
			b.deduct(t, have)
			b.giveUp(t, t.Quantity-have, 0)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return short, nil
}

// takes checks quantities, fills in the default warehouse and lists what is needed.
func (s *Service) takes(ctx context.Context, q db.Querier, shipments [][]Take) ([][]Take, need, error) {
	var n need
	var standard id.ID
	out := make([][]Take, len(shipments))
	for i, takes := range shipments {
		out[i] = make([]Take, len(takes))
		for j, t := range takes {
			if t.Quantity < 1 || t.Quantity > MaxQuantity {
				return nil, n, ErrBadQuantity
			}
			if t.WarehouseID == 0 {
				if standard == 0 {
					d, err := s.DefaultTx(ctx, q)
					if err != nil {
						return nil, n, err
					}
					standard = d.ID
				}
				t.WarehouseID = standard
			}
			out[i][j] = t
			n.skus = append(n.skus, t.SKUID)
			n.orders = append(n.orders, t.OrderID)
		}
	}
	return out, n, nil
}

// heldHere is what the take's line holds in the take's warehouse.
func (b *book) heldHere(t Take) int64 {
	if h := b.helds[heldKey{t.OrderID, t.LineID, t.SKUID, t.WarehouseID}]; h != nil {
		return h.now
	}
	return 0
}

// deductible is how much of the take could leave: no more than lies there, and no
// more than its own reservation plus what nobody holds.
func (b *book) deductible(t Take) int64 {
	l := b.level(place{t.SKUID, t.WarehouseID, Good})
	return max(0, min(l.onHand, b.heldHere(t)+max(0, l.free())))
}

// deduct books n pieces of a take, n being deductible.
func (b *book) deduct(t Take, n int64) {
	if n == 0 {
		return
	}
	own := min(b.heldHere(t), n)
	b.change(place{t.SKUID, t.WarehouseID, Good}, KindDeduct, -n, -own, t.OrderID, t.LineID, t.Ref)
	if own > 0 {
		b.hold(heldKey{t.OrderID, t.LineID, t.SKUID, t.WarehouseID}, -own)
	}
	b.giveUp(t, n-own, t.WarehouseID)
}

// deductAway books what a line has reserved in other warehouses than the take's, beyond
// what it holds in that one: it left from there. It answers how much that is.
func (b *book) deductAway(t Take) (n int64) {
	away := t.Quantity - b.heldHere(t)
	for _, k := range b.heldOf(t.OrderID) {
		if away <= n || k.line != t.LineID || k.sku != t.SKUID || k.warehouse == t.WarehouseID {
			continue
		}
		x := t
		x.WarehouseID = k.warehouse
		have := min(b.deductible(x), b.helds[k].now, away-n)
		b.deduct(x, have)
		n += have
	}
	return n
}

// giveUp releases up to n pieces the line still holds, except in one warehouse:
// goods that left from elsewhere need no reservation any more.
func (b *book) giveUp(t Take, n int64, except id.ID) {
	for _, k := range b.heldOf(t.OrderID) {
		if n <= 0 {
			return
		}
		if k.line != t.LineID || k.sku != t.SKUID || k.warehouse == except {
			continue
		}
		give := min(n, b.helds[k].now)
		b.release(k, give)
		n -= give
	}
}

// nameShorts puts the SKU's code, which people know, where its id stands.
func (s *Service) nameShorts(ctx context.Context, q db.Querier, failed []error) error {
	var ids []id.ID
	for _, err := range failed {
		if e := errs.As(err); e != nil {
			if i, ok := e.Params["sku"].(id.ID); ok {
				ids = append(ids, i)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	skus, err := s.catalog.SKUsTx(ctx, q, sorted(ids))
	if err != nil {
		return err
	}
	for i, err := range failed {
		if e := errs.As(err); e != nil {
			if sku, ok := e.Params["sku"].(id.ID); ok {
				failed[i] = e.With("sku", skus[sku].Code)
			}
		}
	}
	return nil
}
