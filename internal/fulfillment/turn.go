package fulfillment

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// Routing is the job that routes orders, in the order given.
func Routing(ids []id.ID) job.Spec {
	return job.Spec{Kind: JobAllocate, Payload: allocateJob{ByRules: true, OrderIDs: ids}, GroupKey: "fulfillment.ship", Total: int64(len(ids))}
}

// inTurn sorts orders by who is served first.
func (s *Service) inTurn(ctx context.Context, q db.Querier, ids []id.ID) ([]id.ID, error) {
	type due struct{ urgency, at int64 }
	dues := make(map[id.ID]due, len(ids))
	for part := range slices.Chunk(ids, lookupChunk) {
		for row := range db.Each(ctx, q, selectDues(len(part)), idArgs(actor.Merchant(ctx), part)...) {
			var o id.ID
			var d due
			if err := row.Scan(&o, &d.at, &d.urgency); err != nil {
				return nil, err
			}
			if d.at == 0 {
				d.at = math.MaxInt64
			}
			dues[o] = d
		}
	}
	out := slices.Clone(ids)
	slices.SortStableFunc(out, func(x, y id.ID) int {
		a, b := dues[x], dues[y]
		return cmp.Or(cmp.Compare(b.urgency, a.urgency), cmp.Compare(a.at, b.at))
	})
	return out, nil
}
