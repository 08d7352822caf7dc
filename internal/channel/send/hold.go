package send

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
)

// holdTx keeps an order's hold «shipment upload refused» (回传被拒) in step with its
// effects: it opens when the channel refuses a shipment, or nobody can tell, and ends
// with the last such effect.
func (s *Service) holdTx(ctx context.Context, tx *db.Tx, e Effect, state State, code string) error {
	if e.OrderID == 0 || e.Kind != Ship && e.Kind != ChangeWaybill {
		return nil
	}
	r := order.Raised{OrderID: e.OrderID, Kind: hold.UploadRefused, Note: code}
	switch state {
	case Refused, Uncertain:
		r.Stands = true
	case Done, Dropped:
		var one int64
		err := tx.QueryRow(ctx, selectHeldBack, actor.Merchant(ctx), e.OrderID, e.ID).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
	default:
		return nil
	}
	return s.orders.RaiseTx(ctx, tx, []order.Raised{r})
}
