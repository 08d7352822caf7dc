package wave

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Spot is where the goods of a fulfillment order were put last.
type Spot struct {
	Wave   string // as printed and scanned
	Basket int64
}

// Inside lists the fulfillment orders that are in the wave with this code, by basket; of
// one that was closed those that went on.
func (s *Service) Inside(ctx context.Context, q db.Querier, code string) (out []id.ID, err error) {
	err = db.Read(ctx, q, selectInside, []any{actor.Merchant(ctx), strings.ToUpper(strings.TrimSpace(code))}, func(r *db.Row) { out = append(out, id.ID(r.Int())) })
	return out, err
}

// Where tells for up to 500 fulfillment orders in which basket of which wave their goods
// are, those of a dropped one until they are back; those in no wave are absent.
func (s *Service) Where(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID]Spot, error) {
	if len(fulfillmentOrderIDs) == 0 {
		return nil, nil
	}
	ids := db.Pad(fulfillmentOrderIDs)
	args := []any{actor.Merchant(ctx)}
	for _, one := range ids {
		args = append(args, one)
	}
	out := map[id.ID]Spot{}
	for row := range db.Each(ctx, q, selectSpots(len(ids)), args...) {
		var one id.ID
		var at Spot
		if err := row.Scan(&one, &at.Wave, &at.Basket); err != nil {
			return nil, err
		}
		out[one] = at // the last wave it was in
	}
	return out, nil
}
