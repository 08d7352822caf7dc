package bulk

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// Of finds the open fulfillment orders of orders, each once and the oldest first, and
// the orders that have none: they are not allocated, or have left.
func (s *Service) Of(ctx context.Context, orderIDs []id.ID) (out, without []id.ID, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, nil, err
	}
	has := map[id.ID]bool{}
	for part := range slices.Chunk(orderIDs, page) {
		err := db.Read(ctx, s.k.DB, selectOpenOf(len(db.Pad(part))), args(a.MerchantID, part), func(r *db.Row) {
			one, of, f := id.ID(r.Int()), id.ID(r.Int()), id.ID(r.Int())
			if a.InScope(shop.Scope, of) {
				has[one], out = true, append(out, f)
			}
		})
		if err != nil {
			return nil, nil, err
		}
	}
	for _, one := range id.Once(orderIDs) {
		if !has[one] {
			without = append(without, one)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), without, nil
}

// orderNos are by what people know fulfillment orders: the first order's number each.
func (s *Service) orderNos(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	for part := range slices.Chunk(ids, page) {
		err := db.Read(ctx, q, selectNumbers(len(db.Pad(part))), args(actor.Merchant(ctx), part), func(r *db.Row) {
			if one, no := id.ID(r.Int()), r.Text(); out[one] == "" {
				out[one] = no
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func args(m id.ID, ids []id.ID) []any {
	out := []any{m}
	for _, one := range db.Pad(ids) {
		out = append(out, one)
	}
	return out
}
