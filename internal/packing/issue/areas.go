package issue

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/logistics/quote"
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

// Loads lists the newest open fulfillment orders by where they go and what they weigh, the
// same ones once: what carriers are asked the price of. For the product itself.
func (s *Service) Loads(ctx context.Context) ([]quote.Load, error) {
	all, _, err := s.fulfillments.List(ctx, fulfillment.OrderFilter{State: fulfillment.StateOpen, Kind: fulfillment.KindExpress, Limit: page.Max})
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	parcels, err := s.look(ctx, s.k.DB, ids)
	if err != nil {
		return nil, err
	}
	var out []quote.Load
	seen := map[quote.Load]bool{}
	for _, one := range ids {
		p := parcels[one]
		if p.f == nil || len(p.orders) == 0 {
			continue
		}
		l := quote.Load{Area: reach.Area{Province: p.to.Province, City: p.to.City, District: p.to.District}, WeightGram: quote.Gram(p.weight())}
		if l.WeightGram > 0 && !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out, nil
}
