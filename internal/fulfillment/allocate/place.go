package allocate

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// PlaceTx is order.Placer (异仓占用): what an order's own warehouse is short of is
// reserved where the rules would ship it from, if they would ship all of it, so that a
// shelf elsewhere lets it be approved. The reservation is what counts: goods that leave
// meanwhile leave the order unserved, and nothing is promised twice.
func (s *Service) PlaceTx(ctx context.Context, tx *db.Tx, orders []*order.Order) (map[id.ID]bool, error) {
	if all, err := s.stock.WarehousesTx(ctx, tx); err != nil || len(all) < 2 {
		return nil, err
	}
	var skus []id.ID
	for _, o := range orders {
		for _, l := range o.Lines {
			if l.SKUID != 0 {
				skus = append(skus, l.SKUID)
			}
		}
	}
	slices.Sort(skus)
	parts, err := s.catalog.ComponentsTx(ctx, tx, slices.Compact(skus))
	if err != nil {
		return nil, err
	}
	r, err := s.RoundTx(ctx, tx, orders, parts)
	if err != nil {
		return nil, err
	}
	var all []inventory.Placement
	for _, o := range slices.SortedStableFunc(slices.Values(orders), r.Turn) {
		lines := r.Lines(o, nil)
		if d := r.Plan(o, lines); d.Trace.Outcome == Allocated {
			all = append(all, inventory.Placement{OrderID: o.ID, Wants: wants(o.ID, lines, d.Shares)})
		}
	}
	shorts, err := s.stock.PlaceEachTx(ctx, tx, all)
	if err != nil {
		return nil, err
	}
	served := map[id.ID]bool{}
	for i, p := range all {
		served[p.OrderID] = len(shorts[i]) == 0
	}
	return served, nil
}

// wants is what shares take off the shelves.
func wants(orderID id.ID, lines []Line, shares []Share) (out []inventory.Want) {
	for _, share := range shares {
		for _, q := range share.Lines {
			for _, l := range lines {
				if l.ID != q.LineID {
					continue
				}
				for _, p := range l.Parts {
					out = append(out, inventory.Want{OrderID: orderID, LineID: l.ID, SKUID: p.SKUID, WarehouseID: share.WarehouseID, Quantity: p.Quantity * q.Quantity})
				}
			}
		}
	}
	return out
}
