package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Loss is goods that the books have and the shelf has not (盘亏).
type Loss struct {
	SKUID       id.ID
	WarehouseID id.ID
	Quantity    int64
	// Orders give up what they hold of it, in turn, where nothing else is free.
	Orders []id.ID
	Ref    string
}

// LoseTx takes goods off the books that somebody counted and did not find, and says
// which orders gave up what they held of them; their owner sees to those.
//
// Errors: ErrBadQuantity, ErrInsufficient, ErrBelowReserved where other orders hold it.
func (s *Service) LoseTx(ctx context.Context, tx *db.Tx, l Loss) (gave []id.ID, err error) {
	if l.Quantity < 1 || l.Quantity > MaxQuantity {
		return nil, ErrBadQuantity
	}
	p := place{l.SKUID, l.WarehouseID, Good}
	n := need{skus: []id.ID{l.SKUID}, orders: l.Orders, raise: []place{p}, exact: true}
	err = s.bookTx(ctx, tx, n, func(b *book) error {
		gave = gave[:0]
		at := b.level(p)
		if at.onHand < l.Quantity {
			return ErrInsufficient.With("sku", l.SKUID, "wanted", l.Quantity, "available", at.onHand)
		}
		lack := l.Quantity - max(0, at.free())
		for _, o := range l.Orders {
			held := false
			for _, k := range b.heldOf(o) {
				if k.sku != l.SKUID || k.warehouse != l.WarehouseID || lack <= 0 {
					continue
				}
				give := min(lack, b.helds[k].now)
				b.release(k, give)
				lack, held = lack-give, true
			}
			if held {
				gave = append(gave, o)
			}
		}
		if lack > 0 {
			return ErrBelowReserved.With("reserved", at.reserved)
		}
		b.change(p, KindAdjust, -l.Quantity, 0, 0, 0, l.Ref)
		return nil
	})
	if err != nil {
		failed := []error{err}
		if e := s.nameShorts(ctx, tx, failed); e != nil {
			return nil, e
		}
		return nil, failed[0]
	}
	return gave, s.k.Events.AppendAllTx(ctx, tx, []event.Appended{s.changed(p, KindAdjust, -l.Quantity)})
}

// OnHandTx is how much of a SKU the books have in a warehouse, in good condition.
func (s *Service) OnHandTx(ctx context.Context, q db.Querier, skuID, warehouseID id.ID) (int64, error) {
	b, err := s.balanceTx(ctx, q, place{skuID, warehouseID, Good})
	return b.OnHand, err
}
