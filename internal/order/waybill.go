package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// MarkWaybillTx shows a parcel's new number on its order, where the order shows the
// old one. The caller changes the parcel in the same transaction. Errors: ErrNotFound.
func (s *Service) MarkWaybillTx(ctx context.Context, tx *db.Tx, orderID id.ID, old, carrier, waybillNo string) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	orders, err := s.LockTx(ctx, tx, []id.ID{orderID})
	if err != nil {
		return err
	}
	if len(orders) == 0 {
		return ErrNotFound
	}
	e := s.edit(orders[0], a.ID, clock.Millis(s.kit.Clock))
	if e.now.WaybillNo == old {
		e.now.Carrier, e.now.WaybillNo = carrier, waybillNo
	}
	e.emit(WaybillChanged{From: old, Carrier: carrier, To: waybillNo})
	return s.save(ctx, tx, []*edit{e})
}
