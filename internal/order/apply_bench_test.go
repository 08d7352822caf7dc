package order_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// BenchmarkApply measures documents per second through ApplyTx in batches of 500,
// sealing, tokens, reservations, events and counters included: new orders first,
// then the same again, which must write nothing. On a busy machine the clock says
// little, so it reports CPU per order too: this process's, and the server's.
func BenchmarkApply(b *testing.B) {
	for _, e := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", dbtest.SQLitePath}, {"postgres", dbtest.PostgresURL}} {
		b.Run(e.name+"/new", func(b *testing.B) {
			at := e.url(b)
			w, ctx, docs := benchWorld(b, benchOpen(b, at), (b.N+2)*500)
			w.Apply(ctx, 0, docs[:500]...)
			w.Apply(ctx, 0, docs[500:1000]...)
			docs = docs[1000:]
			client, server := clientCPU(), serverCPU(at)
			b.ResetTimer()
			for i := range b.N {
				w.Apply(ctx, 0, docs[i*500:(i+1)*500]...)
			}
			b.StopTimer()
			b.ReportMetric(float64(len(docs))/b.Elapsed().Seconds(), "orders/s")
			b.ReportMetric((clientCPU()-client)/float64(len(docs)), "client-µs/order")
			b.ReportMetric((serverCPU(at)-server)/float64(len(docs)), "server-µs/order")
			size, err := w.Kit.DB.Size(ctx)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(size)/float64(len(docs)+1000), "bytes/order")
		})
		b.Run(e.name+"/unchanged", func(b *testing.B) {
			w, ctx, docs := benchWorld(b, benchOpen(b, e.url(b)), 5000)
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

// benchOpen opens a database as production does: nothing but the work is measured.
func benchOpen(b *testing.B, url string) *db.DB {
	d, err := db.Open(context.Background(), url, db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	return d
}

// clientCPU is the processor time this process took so far, in microseconds.
func clientCPU() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e3
}

// serverCPU is what the server's processes of one database took so far, in
// microseconds; 0 where the server runs elsewhere.
func serverCPU(at string) (sum float64) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme == "" {
		return 0
	}
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range all {
		if line, _ := os.ReadFile(f); !strings.HasPrefix(string(line), "postgres: ") || !strings.Contains(string(line), " "+path.Base(u.Path)+" ") {
			continue
		}
		stat, _ := os.ReadFile(filepath.Join(filepath.Dir(f), "stat"))
		_, rest, _ := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); len(f) > 12 {
			var user, system float64
			_, _ = fmt.Sscan(f[11]+" "+f[12], &user, &system)
			sum += (user + system) * 10_000
		}
	}
	return sum
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
