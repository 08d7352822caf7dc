package allocate

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// refusals reads which suppliers said no to orders (拒单). They are not asked again, so
// that an order that nobody wants comes to rest.
func refusals(ctx context.Context, q db.Querier, orderIDs []id.ID) (map[id.ID][]id.ID, error) {
	out := map[id.ID][]id.ID{}
	for part := range slices.Chunk(orderIDs, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, one := range part {
			args = append(args, one)
		}
		if err := db.Read(ctx, q, selectRefusals(len(part)), args, func(r *db.Row) {
			one := id.ID(r.Int())
			out[one] = append(out[one], id.ID(r.Int()))
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
