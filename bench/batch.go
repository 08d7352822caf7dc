package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ordercove/ordercove/internal/order"
)

// batchSize is what one transaction carries, on both sides.
const batchSize = 500

// pace is how fast batches went, and what they cost this process: on SQLite all
// of it, on PostgreSQL the client's half.
type pace struct {
	orders    int
	took, cpu time.Duration
}

func (p *pace) time(orders int, f func() error) error {
	began, used := time.Now(), cpuTime()
	err := f()
	p.took, p.cpu, p.orders = p.took+time.Since(began), p.cpu+cpuTime()-used, p.orders+orders
	return err
}

func (p *pace) perSecond() float64 { return rate(p.orders, p.took) }
func (p *pace) cpuEach() float64   { return float64(p.cpu.Microseconds()) / float64(p.orders) }

// fill brings n orders into the stand, oldest first, in batches; it returns how
// fast the last measured ones went, and the last batches for a second look.
func (s *stand) fill(w *world, n int) (p pace, tail [][]order.Incoming, err error) {
	var in []order.Incoming
	measured := min(n/2, 40*batchSize)
	for i := range n {
		k := w.shop()
		in = append(in, order.Incoming{Shop: s.shops[k], Doc: w.order(i, n, k), Source: order.SourceFile, SourceAt: w.now.UnixMilli()})
		if len(in) < batchSize && i < n-1 {
			continue
		}
		one := pace{}
		if err := one.time(len(in), func() error { _, err := s.apply(in); return err }); err != nil {
			return p, nil, fmt.Errorf("apply: %w", err)
		}
		if i >= n-measured {
			p = pace{p.orders + one.orders, p.took + one.took, p.cpu + one.cpu}
			tail = append(tail, in)
		}
		in = nil
	}
	return p, tail, nil
}

// fresh makes one batch of orders placed just now, with numbers from start on.
func (s *stand) fresh(w *world, n, start int) []order.Incoming {
	in := make([]order.Incoming, 0, batchSize)
	for i := range batchSize {
		k := w.shop()
		d := w.order(n-1, n, k)
		d.ChannelOrderNo = orderNo(w.now, k, 50_000_000+start+i)
		in = append(in, order.Incoming{Shop: s.shops[k], Doc: d, Source: order.SourceFile, SourceAt: w.now.UnixMilli()})
	}
	return in
}

// rawFill inserts the same kind of orders into the raw tables and returns how
// fast batches go once keep orders are there.
func rawFill(ctx context.Context, e rawEngine, w *world, keep, n int) (p pace, err error) {
	var rows rawRows
	var next int64
	for i := range keep + n {
		k := w.shop()
		rows.add(w.order(i, keep+n, k), k, &next)
		if len(rows.orders) < batchSize && i < keep+n-1 {
			continue
		}
		one := pace{}
		if err := one.time(len(rows.orders), func() error { return e.insert(ctx, rows) }); err != nil {
			return p, fmt.Errorf("raw insert: %w", err)
		}
		if i >= keep {
			p = pace{p.orders + one.orders, p.took + one.took, p.cpu + one.cpu}
		}
		rows = rawRows{}
	}
	return p, nil
}

// batch measures orders coming in through the one door, in this process: sealed,
// searchable, reserved, with events and counters, beside bare rows.
func (b *bench) batch(ctx context.Context, s *stand, w *world, n int) error {
	ours, tail, err := s.fill(w, n)
	if err != nil {
		return err
	}
	raw, err := openRaw(ctx, s.engine, b.dir)
	if err != nil {
		return err
	}
	defer raw.close()
	bare, err := rawFill(ctx, raw, newWorld(n, w.now), min(n, 100_000), min(n/2, 40*batchSize))
	if err != nil {
		return err
	}
	want := []target{ratioLeast(0.6), atLeast(8000)}
	if s.engine == "postgres" {
		want = []target{ratioLeast(0.3), atLeast(13000)}
	}
	b.rep.add(row{Section: "batch", Engine: s.engine, Orders: n, Name: "new orders, 500 per commit", Unit: "orders/s", Ours: ours.perSecond(), Raw: bare.perSecond()}, want...)
	b.rep.add(row{Section: "batch", Engine: s.engine, Orders: n, Name: "CPU of this process per new order", Unit: "µs", Ours: ours.cpuEach(), Raw: bare.cpuEach()})

	began, count := time.Now(), 0
	for range 3 {
		for _, in := range tail {
			got, err := s.apply(in)
			if err != nil {
				return err
			}
			if got != order.ApplyUnchanged {
				return fmt.Errorf("an order that came again became %s", got)
			}
			count += len(in)
		}
	}
	b.rep.add(row{Section: "batch", Engine: s.engine, Orders: n, Name: "the same orders again, unchanged", Unit: "orders/s", Ours: rate(count, time.Since(began))}, atLeast(30000))
	return s.settle()
}
