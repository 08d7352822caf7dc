package fulfillment

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// SealInput names fulfillment orders and why they stand.
type SealInput struct {
	IDs    []id.ID `json:"ids"`
	Reason string  `json:"reason"` // wave | print | hand; "" opens them again
}

// Seal keeps fulfillment orders as they are (锁单): they are neither split nor merged
// nor allocated anew until somebody unseals them. Permission fulfillment.merge.
//
// Errors: ErrNoOrder, ErrNotOpen, ErrBadSeal.
func (s *Service) Seal(ctx context.Context, in SealInput) (int64, error) {
	if err := actor.Require(ctx, PermitMerge); err != nil {
		return 0, err
	}
	about := &command.About{Action: "fulfillment.seal", Detail: map[string]any{"fulfillment_orders": len(in.IDs), "reason": in.Reason}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return s.SealTx(ctx, tx, in.IDs, in.Reason)
	})
}

// SealTx is Seal inside the caller's transaction, for waves and prints. It says how
// many it changed; a seal does not change the version.
func (s *Service) SealTx(ctx context.Context, tx *db.Tx, ids []id.ID, reason string) (changed int64, err error) {
	if !slices.Contains([]string{"", SealWave, SealPrint, SealHand}, reason) {
		return 0, ErrBadSeal.At("reason")
	}
	all, err := s.LoadTx(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	if len(all) < len(slices.Compact(slices.Sorted(slices.Values(ids)))) {
		return 0, ErrNoOrder
	}
	return s.SealLoadedTx(ctx, tx, all, reason)
}

// SealLoadedTx is SealTx for who has just loaded them.
func (s *Service) SealLoadedTx(ctx context.Context, tx *db.Tx, all []FulfillmentOrder, reason string) (changed int64, err error) {
	var ids []id.ID
	for _, f := range all {
		if f.State != StateOpen {
			return 0, ErrNotOpen.With("state", string(f.State))
		}
		if f.Sealed != reason {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for part := range slices.Chunk(ids, lookupChunk) {
		args := append([]any{reason, clock.Millis(s.k.Clock)}, idArgs(actor.Merchant(ctx), part)...)
		n, err := tx.ExecN(ctx, sealOrders(padded(len(part))), args...)
		if err == nil && n != int64(len(part)) {
			err = ErrNotOpen.With("state", "changed")
		}
		if err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}
