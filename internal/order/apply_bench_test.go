package order_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// BenchmarkApply measures documents per second through ApplyTx in batches of 500,
// sealing, tokens, reservations, events and counters included: new orders first,
// then the same again, which must write nothing.
func BenchmarkApply(b *testing.B) {
	for _, e := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(e.name+"/new", func(b *testing.B) {
			w, ctx, docs := benchWorld(b, e.open(b), b.N*500)
			b.ResetTimer()
			for i := range b.N {
				w.Apply(ctx, 0, docs[i*500:(i+1)*500]...)
			}
			b.ReportMetric(float64(len(docs))/b.Elapsed().Seconds(), "orders/s")
		})
		b.Run(e.name+"/unchanged", func(b *testing.B) {
			w, ctx, docs := benchWorld(b, e.open(b), 5000)
			for part := range slices.Chunk(docs, 500) {
				w.Apply(ctx, 0, part...)
			}
			b.ResetTimer()
			for range b.N {
				again(ctx, w, docs)
			}
			b.ReportMetric(float64(b.N*len(docs))/b.Elapsed().Seconds(), "orders/s")
		})
	}
}

func benchWorld(b *testing.B, d *db.DB, n int) (*ordertest.World, context.Context, []order.Document) {
	w, ctx := ordertest.New(b, d)
	for i := range 200 {
		w.SKU(ctx, fmt.Sprintf("SKU-%03d", i), 1_000_000)
	}
	docs := make([]order.Document, n)
	for i := range docs {
		docs[i] = benchDoc(w, i)
	}
	return w, ctx, docs
}

func again(ctx context.Context, w *ordertest.World, docs []order.Document) {
	for len(docs) > 0 {
		for _, a := range w.Apply(ctx, 0, docs[:500]...) {
			if a.Result != order.ApplyUnchanged {
				w.T.Fatalf("%+v", a)
			}
		}
		docs = docs[500:]
	}
}

func benchDoc(w *ordertest.World, i int) order.Document {
	d := w.Doc(fmt.Sprintf("26112%08d", i*7919%100_000_000), fmt.Sprintf("SKU-%03d", i%200))
	d.Lines = append(d.Lines, ordertest.Line(fmt.Sprintf("SKU-%03d", (i*7+3)%200), 2, 1990))
	d.Lines[1].SKUText = "备用"
	d.Receiver.Phone = fmt.Sprintf("138%08d", i*104729%100_000_000)
	d.BuyerNick = fmt.Sprintf("买家%d", i%5000)
	d.Money = order.Money{Goods: ordertest.Fen(8980), MerchantDiscount: ordertest.Fen(301), Freight: ordertest.Fen(600), BuyerPaid: ordertest.Fen(9279), MerchantReceivable: ordertest.Fen(9279)}
	return d
}
