package main

import (
	"context"
	"testing"
	"time"
)

// BenchmarkBatch is the batch section in pieces that a profile can be taken of:
// the younger half of 2·N batches of new orders, ours and the bare rows. CPU per
// order is what holds on a busy machine.
func BenchmarkBatch(b *testing.B) {
	for _, e := range []string{"sqlite", "postgres"} {
		b.Run(e+"/ours", func(b *testing.B) {
			s, err := newStand(context.Background(), e, b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer s.close()
			w := newWorld(2*b.N*batchSize, time.Now())
			if err := s.assort(w); err != nil {
				b.Fatal(err)
			}
			p, _, err := s.fill(w, 2*b.N*batchSize)
			reportPace(b, p, err)
		})
		b.Run(e+"/raw", func(b *testing.B) {
			raw, err := openRaw(context.Background(), e, b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer raw.close()
			p, err := rawFill(context.Background(), raw, newWorld(2*b.N*batchSize, time.Now()), b.N*batchSize, b.N*batchSize)
			reportPace(b, p, err)
		})
	}
}

func reportPace(b *testing.B, p pace, err error) {
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(p.perSecond(), "orders/s")
	b.ReportMetric(p.cpuEach(), "µs/order")
}
