package waiting

import (
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// BenchmarkTenThousandWait lists and counts what 10,000 waiting orders of 50 SKUs lack.
func BenchmarkTenThousandWait(b *testing.B) {
	for name, d := range map[string]*db.DB{"sqlite": dbtest.SQLite(b), "postgres": dbtest.Postgres(b)} {
		w, ctx := ordertest.New(b, d)
		s := New(w.Kit, w.Catalog, w.Orders, fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders))
		for i := range 50 {
			w.SKU(ctx, fmt.Sprintf("K%02d", i), 0)
		}
		for part := range 20 {
			docs := make([]order.Document, 500)
			for i := range docs {
				docs[i] = w.Doc(fmt.Sprintf("W%02d-%03d", part, i), fmt.Sprintf("K%02d", i%50))
			}
			w.Apply(ctx, 0, docs...)
		}
		b.Run(name+"/skus", func(b *testing.B) {
			for b.Loop() {
				if all, _, err := s.SKUs(ctx, Filter{}, "", 0); err != nil || len(all) != 50 || all[0].Orders != 200 {
					b.Fatal(len(all), err)
				}
			}
		})
		b.Run(name+"/count", func(b *testing.B) {
			for b.Loop() {
				if n, err := s.Count(ctx); err != nil || n.Orders != 10_000 {
					b.Fatal(n, err)
				}
			}
		})
		b.Run(name+"/orders", func(b *testing.B) {
			for b.Loop() {
				if all, _, err := s.List(ctx, Filter{}, "", 100); err != nil || len(all) != 100 {
					b.Fatal(len(all), err)
				}
			}
		})
	}
}
