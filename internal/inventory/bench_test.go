package inventory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// BenchmarkShipments reserves and ships orders of two lines, 500 at a time, over
// 50 SKUs: what a file of tracking numbers does to the stock. An op is one order.
func BenchmarkShipments(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		s := newShelf(b, open(b))
		skus := make([]id.ID, 50)
		for i := range skus {
			skus[i] = s.sku(b, fmt.Sprint("B", i), 500_000_000)
		}
		next := 0
		b.Run(name, func(b *testing.B) {
			for done := 0; done < b.N; done += 500 {
				wants := make([]inventory.Want, 0, 1000)
				shipments := make([][]inventory.Take, 500)
				for i := range shipments {
					next++
					for line := range 2 {
						w := inventory.Want{OrderID: id.ID(next), LineID: id.ID(line + 1), SKUID: skus[(next+line*7)%50], WarehouseID: s.main, Quantity: 1}
						wants = append(wants, w)
						shipments[i] = append(shipments[i], inventory.Take{OrderID: w.OrderID, LineID: w.LineID, SKUID: w.SKUID, WarehouseID: w.WarehouseID, Quantity: 1, Ref: "parcel/1"})
					}
				}
				if err := s.tx(b, func(ctx context.Context, tx *db.Tx) error {
					_, err := s.stock.ReserveTx(ctx, tx, wants)
					return err
				}); err != nil {
					b.Fatal(err)
				}
				if err := s.tx(b, func(ctx context.Context, tx *db.Tx) error {
					_, err := s.stock.DeductEachTx(ctx, tx, shipments)
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
