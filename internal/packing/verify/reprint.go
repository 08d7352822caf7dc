package verify

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// ReprintInput asks for the label of the parcel on a bench once more.
type ReprintInput struct {
	SessionID id.ID  `json:"session_id"`
	Bench     string `json:"bench"`
	Reason    string `json:"reason"`
}

// Reprint prints the label of the parcel on the bench again (F8 重打) and returns the batch.
// Permission packing.print.
//
// Errors: ErrReason, ErrNoSession, ErrLost, ErrNoLabel, those of printing.
func (s *Service) Reprint(ctx context.Context, in ReprintInput) (id.ID, error) {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return 0, err
	}
	reason, err := cleanReason(in.Reason)
	if err != nil {
		return 0, err
	}
	se, err := s.readOne(ctx, s.k.DB, in.SessionID)
	switch {
	case err != nil:
		return 0, err
	case se.State != Open || se.Bench != in.Bench:
		return 0, ErrLost
	case s.around.Reprint == nil:
		return 0, ErrNoLabel
	}
	batch, err := s.around.Reprint(ctx, se.FulfillmentOrderID, reason)
	if err == nil && batch == 0 {
		err = ErrNoLabel
	}
	return batch, err
}
