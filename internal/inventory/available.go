package inventory

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// AvailableTx says how many of each SKU orders could still reserve in a warehouse,
// backorder included. A bundle has as many as its scarcest component allows; an
// unknown SKU is absent. WarehouseID 0 is the default warehouse.
//
// Errors: ErrNoWarehouse.
func (s *Service) AvailableTx(ctx context.Context, q db.Querier, skuIDs []id.ID, warehouseID id.ID) (map[id.ID]int64, error) {
	if warehouseID == 0 {
		d, err := s.DefaultTx(ctx, q)
		if err != nil {
			return nil, err
		}
		warehouseID = d.ID
	}
	parts, err := s.catalog.ComponentsTx(ctx, q, sorted(skuIDs))
	if err != nil {
		return nil, err
	}
	var need []id.ID
	for _, components := range parts {
		for _, c := range components {
			need = append(need, c.SKUID)
		}
	}
	free := map[id.ID]int64{}
	for part := range slices.Chunk(sorted(need), 500) {
		if err := s.freeTx(ctx, q, part, warehouseID, free); err != nil {
			return nil, err
		}
	}
	out := make(map[id.ID]int64, len(parts))
	for sku, components := range parts {
		for i, c := range components {
			if n := max(0, free[c.SKUID]) / c.Quantity; i == 0 || n < out[sku] {
				out[sku] = n
			}
		}
		if len(components) == 0 {
			out[sku] = 0
		}
	}
	return out, nil
}

func (s *Service) freeTx(ctx context.Context, q db.Querier, skus []id.ID, warehouseID id.ID, free map[id.ID]int64) error {
	skus = db.Pad(skus)
	for row := range db.Each(ctx, q, selectFree(len(skus)), append(listArgs(actor.Merchant(ctx), skus), warehouseID)...) {
		var sku id.ID
		var n int64
		if err := row.Scan(&sku, &n); err != nil {
			return err
		}
		free[sku] = n
	}
	return nil
}
