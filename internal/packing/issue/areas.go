package issue

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

// Areas lists where the newest open fulfillment orders go, each area once: what
// carriers are asked about before numbers are. For the product itself.
func (s *Service) Areas(ctx context.Context) ([]reach.Area, error) {
	all, _, err := s.fulfillments.List(ctx, fulfillment.OrderFilter{State: fulfillment.StateOpen, Kind: fulfillment.KindExpress, Limit: page.Max})
	if err != nil {
		return nil, err
	}
	var orderIDs []id.ID
	for i := range all {
		orderIDs = append(orderIDs, all[i].OrderIDs()...)
	}
	to, err := s.orders.ReceiversTx(ctx, s.k.DB, distinct(orderIDs))
	if err != nil {
		return nil, err
	}
	var out []reach.Area
	for i := range all {
		for _, one := range all[i].OrderIDs() {
			if r, ok := to[one]; ok {
				out = append(out, reach.Area{Province: r.Province, City: r.City, District: r.District})
			}
		}
	}
	seen := map[reach.Area]bool{}
	return slices.DeleteFunc(out, func(a reach.Area) bool {
		had := seen[a]
		seen[a] = true
		return had
	}), nil
}
