package run

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOneHangingKeyHoldsUpNobodyElse(t *testing.T) {
	g := NewGroup(t.Context(), slog.New(slog.DiscardHandler))
	k := NewKeyed(g)
	if !k.Go("broken", func(ctx context.Context) { <-ctx.Done() }) {
		t.Fatal("the first task did not begin")
	}
	if k.Go("broken", func(context.Context) { t.Error("two tasks of one key") }) {
		t.Fatal("a second task began")
	}
	done := make(chan bool)
	if !k.Go("well", func(context.Context) { close(done) }) {
		t.Fatal("another key waits")
	}
	<-done
	if !k.Go("bad", func(context.Context) { panic("expected by the test") }) {
		t.Fatal("bad did not begin")
	}
	for deadline := time.Now().Add(30 * time.Second); k.Busy() > 1; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a task that panicked or ended keeps its key")
		}
	}
	g.Stop()
	if err := g.Wait(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	if k.Go("late", func(context.Context) {}) {
		t.Fatal("a task began after the end")
	}
}

func TestEachBoundsWhatRunsAtOnce(t *testing.T) {
	var now, most, sum atomic.Int64
	four := make(chan struct{})
	var once sync.Once
	items := make([]int64, 50)
	for i := range items {
		items[i] = int64(i)
	}
	Each(t.Context(), 4, items, func(_ context.Context, n int64) {
		if c := now.Add(1); c > most.Load() {
			most.Store(c)
		}
		if now.Load() == 4 {
			once.Do(func() { close(four) })
		}
		select { // the first ones wait until four are under way
		case <-four:
		case <-time.After(30 * time.Second):
		}
		runtime.Gosched()
		sum.Add(n)
		now.Add(-1)
	})
	if sum.Load() != 1225 || most.Load() != 4 {
		t.Fatal(sum.Load(), most.Load())
	}
	defer func() {
		if recover() == nil {
			t.Fatal("a panic was swallowed")
		}
	}()
	Each(t.Context(), 2, items, func(_ context.Context, n int64) {
		if n == 3 {
			panic("expected by the test")
		}
	})
}
