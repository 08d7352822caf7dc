package inventory

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

var errShort = errors.New("inventory: short")

// MoveTx moves everything an order holds to one warehouse, whole or not at all:
// when something is short there, nothing moves and the shorts say what.
//
// Errors: ErrNoWarehouse.
func (s *Service) MoveTx(ctx context.Context, tx *db.Tx, orderID, toWarehouse id.ID) ([]Short, error) {
	if _, err := s.WarehouseTx(ctx, tx, toWarehouse); err != nil {
		return nil, err
	}
	var short []Short
	err := s.bookTx(ctx, tx, need{orders: []id.ID{orderID}}, func(b *book) error {
		short = short[:0]
		err := b.attempt(func() error {
			for _, k := range b.heldOf(orderID) {
				if k.warehouse == toWarehouse {
					continue
				}
				w := Want{OrderID: k.order, LineID: k.line, SKUID: k.sku, WarehouseID: toWarehouse, Quantity: b.helds[k].now}
				b.release(k, w.Quantity)
				if free, ok := b.reserve(w); !ok {
					short = append(short, Short{Want: w, Available: free})
				}
			}
			if len(short) > 0 {
				return errShort
			}
			return nil
		})
		if errors.Is(err, errShort) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return short, nil
}
