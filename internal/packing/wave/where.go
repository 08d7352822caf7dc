package wave

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Spot is where the goods of a fulfillment order were put last.
type Spot struct {
	Wave   string // as printed and scanned
	Basket int64
}

// Where tells for up to 500 fulfillment orders in which basket of which wave their goods
// are; those that were in no wave are absent.
func (s *Service) Where(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID]Spot, error) {
	if len(fulfillmentOrderIDs) == 0 {
		return nil, nil
	}
	ids := db.Pad(fulfillmentOrderIDs)
	args := []any{actor.Merchant(ctx)}
	for _, one := range ids {
		args = append(args, one)
	}
	rows, err := q.Query(ctx, selectSpots(len(ids)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[id.ID]Spot{}
	for rows.Next() {
		var one id.ID
		var at Spot
		if err := rows.Scan(&one, &at.Wave, &at.Basket); err != nil {
			return nil, err
		}
		out[one] = at // the last wave it was in
	}
	return out, rows.Err()
}
