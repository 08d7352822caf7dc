package pull_test

import (
	"sort"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

const crowd = 20_000

// freeze makes the mall answer from pages' worth of ready bodies: its orders were
// placed in order and change no more.
func (m *mall) freeze() {
	items := make([]channel.Item, crowd)
	at := make([]int64, crowd)
	for i := range items { // newest first
		o := m.orders[number(crowd-1-i)]
		items[i], at[i] = m.item(o, true), o.Created
	}
	m.ready = func(q channel.Query) channel.Page {
		lo := sort.Search(crowd, func(i int) bool { return at[i] <= q.To })
		hi := sort.Search(crowd, func(i int) bool { return at[i] < q.From })
		from := min(lo+(q.Page-1)*q.Size, hi)
		return channel.Page{Items: items[from:min(from+q.Size, hi)], Total: hi - lo, ServerAt: m.now()}
	}
}

// BenchmarkCatchUp brings in orders that waited: the channel answers at once, so
// that what is measured is ours. Beside it, the same orders are read again, with
// and without the memory of bodies.
func BenchmarkCatchUp(b *testing.B) {
	for b.Loop() {
		w := newWorld(b, dbtest.SQLite(b), func(a *channel.API) { a.Limits.PageSize = 100 })
		sh, m := w.join("甲店", fast)
		w.step(sh)
		from := m.now()
		for i := range crowd {
			m.placeAt(number(i), from+int64(i)*100)
		}
		m.freeze()
		kittest.Clock(w.Kit).Advance(crowd*100*time.Millisecond + time.Minute)
		began := time.Now()
		w.forward(5*time.Second, sh)
		rate := func(name string) {
			b.ReportMetric(float64(crowd)/time.Since(began).Seconds(), name)
			began = time.Now()
		}
		rate("new/s")
		calls := m.calls
		if n := len(w.held(sh, m)); n != crowd {
			b.Fatalf("%d orders of %d", n, crowd)
		}
		b.ReportMetric(float64(crowd)/float64(calls), "orders/call")
		compare := func() {
			if err := w.engine.Compare(w.ctx, sh.ID, from, clock.Millis(w.Kit.Clock)); err != nil {
				b.Fatal(err)
			}
			began = time.Now()
			w.step(sh)
		}
		compare()
		rate("again-warm/s")
		w.restart()
		compare()
		rate("again-cold/s")
	}
}
