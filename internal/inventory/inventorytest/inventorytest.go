// Package inventorytest puts warehouses and stock in place for tests of the
// packages above, and proves the books afterwards.
package inventorytest

import (
	"context"
	"testing"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Default makes the default warehouse, or returns the one there is.
func Default(t testing.TB, ctx context.Context, k *kit.Kit, s *inventory.Service) inventory.Warehouse {
	t.Helper()
	var w inventory.Warehouse
	err := k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = s.EnsureDefaultTx(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatalf("default warehouse: %v", err)
	}
	return w
}

// Stock makes the good stock of a SKU in a warehouse exactly n.
func Stock(t testing.TB, ctx context.Context, s *inventory.Service, sku, warehouse id.ID, n int64) {
	t.Helper()
	if _, err := s.Adjust(ctx, inventory.AdjustInput{SKUID: sku, WarehouseID: warehouse, SetTo: &n, Reason: "备货"}); err != nil {
		t.Fatalf("stock: %v", err)
	}
}

// Of returns the good balance of a SKU in a warehouse.
func Of(t testing.TB, ctx context.Context, s *inventory.Service, sku, warehouse id.ID) inventory.Balance {
	t.Helper()
	all, _, err := s.Balances(ctx, inventory.BalanceFilter{SKUID: sku, WarehouseID: warehouse})
	if err != nil {
		t.Fatalf("balances: %v", err)
	}
	for _, b := range all {
		if b.Condition == inventory.Good {
			return b
		}
	}
	return inventory.Balance{SKUID: sku, WarehouseID: warehouse, Condition: inventory.Good}
}

// Proved fails the test when the books disagree.
func Proved(t testing.TB, ctx context.Context, s *inventory.Service) {
	t.Helper()
	found, err := s.Verify(ctx)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	for _, f := range found {
		t.Errorf("the books disagree: %+v", f)
	}
}
