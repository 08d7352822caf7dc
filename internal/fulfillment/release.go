package fulfillment

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Release ends the hold of a merged fulfillment order one of whose orders changed: a
// person has looked, and the rest may go on under its new version. Permission
// fulfillment.merge.
//
// Errors: ErrNoOrder, ErrNotOpen.
func (s *Service) Release(ctx context.Context, one id.ID) (FulfillmentOrder, error) {
	if err := actor.Require(ctx, PermitMerge); err != nil {
		return FulfillmentOrder{}, err
	}
	about := &command.About{Action: "fulfillment.release", Object: "fulfillment_order/" + one.String()}
	return command.Run(ctx, s.k.Commands, about, one, func(ctx context.Context, tx *db.Tx) (FulfillmentOrder, error) {
		f, err := s.getTx(ctx, tx, one)
		switch {
		case err != nil:
			return f, err
		case f.State != StateOpen:
			return f, ErrNotOpen.With("state", string(f.State))
		}
		if _, err := tx.Exec(ctx, releaseOrder, clock.Millis(s.k.Clock), actor.Merchant(ctx), one); err != nil {
			return f, err
		}
		if err := s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "fulfillment_order", ID: one, Version: f.Version},
			OrderChanged{FulfillmentOrderID: one, State: f.State, Version: f.Version, Sealed: f.Sealed}); err != nil {
			return f, err
		}
		return s.getTx(ctx, tx, one)
	})
}
