package waiting

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
)

// ReleaseInput names orders that wait, or all that a filter finds.
type ReleaseInput struct {
	OrderIDs []id.ID
	Filter   *Filter // instead of OrderIDs
	DryRun   bool
}

// Released answers for each order that was looked at. Total is how many there are: a dry
// run looks at fulfillment.MaxBulkNow at most.
type Released struct {
	Rows  []fulfillment.BulkRow
	Job   *job.Job // that does it, where there are more than may wait for it
	Total int64
}

// Release routes waiting orders again as the rules say (放货), the urgent first, then
// those due first. Those whose buyer agreed to a refund and those that nobody approved
// are left out. Permission fulfillment.allocate.
//
// Errors: ErrBadOutcome, order.ErrTooMany.
func (s *Service) Release(ctx context.Context, in ReleaseInput) (Released, error) {
	if err := actor.Require(ctx, fulfillment.PermitAllocate); err != nil {
		return Released{}, err
	}
	if len(in.OrderIDs) > fulfillment.MaxBulk {
		return Released{}, order.ErrTooMany.With("max", fulfillment.MaxBulk)
	}
	var f Filter
	if in.Filter != nil {
		f = *in.Filter
	}
	all, err := s.missing(ctx, s.k.DB, f)
	if err != nil {
		return Released{}, err
	}
	chosen, refused := choose(all, in)
	out := Released{Rows: refused, Total: int64(len(chosen) + len(refused))}
	if len(chosen) == 0 {
		return out, nil
	}
	rows, j, err := s.ships.AllocateMany(ctx, fulfillment.BulkInput{OrderIDs: chosen, ByRules: true, DryRun: in.DryRun})
	out.Rows, out.Job = append(rows, out.Rows...), j
	return out, err
}

// choose takes those that may be routed in their turn, and says why not the others.
func choose(all []*lack, in ReleaseInput) (chosen []id.ID, refused []fulfillment.BulkRow) {
	refuse := func(o id.ID, why *errs.Error) {
		refused = append(refused, fulfillment.BulkRow{Allocation: fulfillment.Allocation{OrderID: o}, Code: why.Code})
	}
	left := map[id.ID]bool{}
	for _, o := range in.OrderIDs {
		left[o] = true
	}
	for _, l := range all {
		if in.Filter == nil && !left[l.order] {
			continue
		}
		delete(left, l.order)
		switch {
		case l.agreed == AgreedRefund:
			refuse(l.order, ErrRefundAgreed)
		case l.approvedAt == 0:
			refuse(l.order, order.ErrNotApproved)
		default:
			chosen = append(chosen, l.order)
		}
	}
	for _, o := range in.OrderIDs {
		if left[o] {
			delete(left, o)
			refuse(o, ErrNotWaiting)
		}
	}
	return chosen, refused
}
