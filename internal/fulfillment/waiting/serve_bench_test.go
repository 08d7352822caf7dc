//go:build unix

package waiting

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
)

// BenchmarkTenThousandAreServed has goods arrive for 10,000 waiting orders of 50 SKUs, every
// second approved: first a piece of each SKU where nobody is served from, then enough
// for all. Run it with -benchtime 1x; CPU is this process's alone.
func BenchmarkTenThousandAreServed(b *testing.B) {
	const n = 10_000
	for name, d := range map[string]*db.DB{"sqlite": dbtest.SQLite(b), "postgres": dbtest.Postgres(b)} {
		x, _ := queued(b, d)
		remote := x.remote()
		skus := make([]id.ID, 50)
		for i := range skus {
			skus[i] = x.SKU(x.ctx, fmt.Sprintf("K%02d", i), 0)
		}
		var orders, some []id.ID
		for part := range n / 500 {
			docs := make([]order.Document, 500)
			for i := range docs {
				docs[i] = x.Doc(fmt.Sprintf("W%02d-%03d", part, i), fmt.Sprintf("K%02d", i%50))
			}
			for i, a := range x.Apply(x.ctx, 0, docs...) {
				if orders = append(orders, a.OrderID); (i/50+i)%2 == 0 {
					some = append(some, a.OrderID)
				}
			}
		}
		for part := range slices.Chunk(some, 500) {
			kittest.InTx(b, x.Kit, x.ctx, func(ctx context.Context, tx *db.Tx) error {
				for _, o := range part {
					if _, err := x.Orders.ApproveTx(ctx, tx, order.ApproveInput{OrderID: o}); err != nil {
						return err
					}
				}
				return x.ships.RouteTx(ctx, tx, part)
			})
		}
		x.settle()
		for _, arrival := range []struct {
			name      string
			warehouse id.ID
			pieces    int64
		}{{"of use to nobody", remote, 1}, {"enough for all", x.Warehouse, n / 50}} {
			b.Run(name+"/"+arrival.name, func(b *testing.B) {
				was, used, began := d.Statements(), cpu(b), time.Now()
				receipts := make([]inventory.Receipt, len(skus))
				for i, sku := range skus {
					receipts[i] = inventory.Receipt{SKUID: sku, WarehouseID: arrival.warehouse, Quantity: arrival.pieces}
				}
				if err := x.Stock.Receive(x.ctx, inventory.ReceiveInput{Ref: arrival.name, Lines: receipts}); err != nil {
					b.Fatal(err)
				}
				x.settle()
				b.ReportMetric(float64(d.Statements()-was)/n, "statements/order")
				b.ReportMetric(float64((cpu(b)-used).Microseconds())/n, "µs-CPU/order")
				b.ReportMetric(n/time.Since(began).Seconds(), "orders/s")
				if got := len(x.holding(orders)); arrival.warehouse == x.Warehouse && got != n {
					b.Errorf("%d of %d hold goods", got, n)
				}
			})
		}
	}
}

// cpu is what this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
