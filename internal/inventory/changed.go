package inventory

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ChangedTx returns the SKUs whose stock has moved since an instant (unix
// milliseconds). Who asks again and again looks back further than he last asked:
// a movement gets its time before its transaction commits.
func (s *Service) ChangedTx(ctx context.Context, q db.Querier, since int64) ([]id.ID, error) {
	return db.Column[id.ID](ctx, q, selectChangedSKUs, actor.Merchant(ctx), id.First(since))
}

// TakenTx counts the pieces of each SKU that orders have reserved since an instant
// (unix milliseconds); a SKU nobody ordered is absent.
func (s *Service) TakenTx(ctx context.Context, q db.Querier, skus []id.ID, since int64) (map[id.ID]int64, error) {
	out := map[id.ID]int64{}
	for part := range slices.Chunk(sorted(skus), 500) {
		part = db.Pad(part)
		for row := range db.Each(ctx, q, selectTaken(len(part)), append(listArgs(actor.Merchant(ctx), part), id.First(since))...) {
			var sku id.ID
			var n int64
			if err := row.Scan(&sku, &n); err != nil {
				return nil, err
			}
			out[sku] = n
		}
	}
	return out, nil
}
