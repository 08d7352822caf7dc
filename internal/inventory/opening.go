package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// SetOpeningTx makes the good stock of a SKU in a warehouse what was counted
// (期初库存). Giving the same count again changes nothing and writes no movement.
//
// Errors: ErrBadLevel, ErrNoWarehouse, ErrBundleHasNoStock, ErrBelowReserved,
// catalog.ErrNoSKU.
func (s *Service) SetOpeningTx(ctx context.Context, tx *db.Tx, skuID, warehouseID id.ID, quantity int64, ref string) error {
	if quantity < 0 || quantity > MaxQuantity {
		return ErrBadLevel
	}
	if err := s.stockableTx(ctx, tx, skuID, warehouseID); err != nil {
		return err
	}
	p := place{skuID, warehouseID, Good}
	n := need{skus: []id.ID{skuID}, raise: []place{p}, exact: true}
	return s.countTx(ctx, tx, n, KindOpening, ref, func(b *book) (place, int64) { return p, quantity - b.level(p).onHand })
}
