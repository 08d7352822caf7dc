package issue

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/choose"
)

// ChoicesTx tells which account each of many fulfillment orders would take as they stand,
// and why none. Those that the actor may not see, and all of a merchant without an
// account, are left out. It asks for nothing.
func (s *Service) ChoicesTx(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]choose.Choice, error) {
	snap, err := s.choices.Load(ctx, q)
	if err != nil || len(snap.Accounts) == 0 {
		return nil, err
	}
	parcels, err := s.look(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]choose.Choice, len(ids))
	now := s.k.Clock.Now().UnixMilli()
	for one, p := range parcels {
		if p.f != nil && len(p.orders) > 0 {
			out[one] = choose.Choose(p.facts(now, 1), snap)
		}
	}
	return out, nil
}
