package app

import (
	"context"
	"strconv"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing/print"
	"github.com/ordercove/ordercove/internal/packing/verify"
	"github.com/ordercove/ordercove/internal/packing/wave"
)

// aroundBenches is what verification asks of its neighbours: waves, printing, and who signs.
// People are wired after it.
func aroundBenches(s *services) verify.Around {
	waves, prints := s.waves, s.prints
	return verify.Around{
		Basket: waves.Basket,
		Places: spots(waves, prints),
		Vouch: func(ctx context.Context, by verify.Supervisor, permission string) (actor.Actor, error) {
			return s.iam.Vouch(ctx, iam.VouchInput{UserName: by.UserName, Password: by.Password, TOTP: by.TOTP, Permission: permission, For: permission})
		},
		Reprint: func(ctx context.Context, fulfillmentOrder id.ID, reason string) (id.ID, error) {
			all, err := prints.OfFulfillment(ctx, fulfillmentOrder)
			if err != nil {
				return 0, err
			}
			// The labels of its last batch, one for each piece.
			var in print.ReprintInput
			for _, l := range all {
				if l.BatchID != in.BatchID {
					in = print.ReprintInput{BatchID: l.BatchID, From: l.Sequence, Reason: reason}
				}
				in.To = l.Sequence
			}
			if in.BatchID == 0 {
				return 0, nil
			}
			out, err := prints.Reprint(ctx, in)
			return out.Batch.ID, err
		},
	}
}

// spots tells whoever looks for a parcel in which basket of which wave it is, and as which
// label of which batch it was printed.
func spots(waves *wave.Service, prints *print.Service) func(context.Context, db.Querier, []id.ID) (map[id.ID]verify.Place, error) {
	return func(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]verify.Place, error) {
		at, err := waves.Where(ctx, q, ids)
		if err != nil {
			return nil, err
		}
		papers, err := prints.Where(ctx, q, ids)
		out := make(map[id.ID]verify.Place, len(at))
		for _, one := range ids {
			p := verify.Place{Batch: papers[one].Batch, Sequence: papers[one].Sequence}
			if spot, ok := at[one]; ok {
				p.Wave, p.Basket = spot.Wave, strconv.FormatInt(spot.Basket, 10)
			}
			out[one] = p
		}
		return out, err
	}
}
