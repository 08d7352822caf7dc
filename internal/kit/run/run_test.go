package run_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/run"
)

func TestOneFailureEndsTheGroup(t *testing.T) {
	boom := errors.New("boom")
	g := run.NewGroup(t.Context(), slog.New(slog.DiscardHandler))
	stopped, started := false, make(chan struct{})
	g.Start("steady", func(ctx context.Context) error { close(started); <-ctx.Done(); stopped = true; return nil })
	g.Start("broken", func(context.Context) error { <-started; return boom })
	if err := g.Wait(30 * time.Second); !errors.Is(err, boom) || !stopped {
		t.Fatalf("%v, the other stopped: %v", err, stopped)
	}
}

func TestAPanicDoesNotEndTheGroup(t *testing.T) {
	g := run.NewGroup(t.Context(), slog.New(slog.DiscardHandler))
	var times atomic.Int64
	again := make(chan struct{})
	g.Start("shaky", func(ctx context.Context) error {
		if times.Add(1) == 1 {
			panic("torn")
		}
		close(again)
		<-ctx.Done()
		return nil
	})
	select {
	case <-again:
	case <-time.After(30 * time.Second):
		t.Fatal("it did not begin again")
	}
	g.Stop()
	if err := g.Wait(30 * time.Second); err != nil {
		t.Fatal(err)
	}
}

func TestWaitingHasAnEnd(t *testing.T) {
	g := run.NewGroup(t.Context(), slog.New(slog.DiscardHandler))
	release := make(chan struct{})
	defer close(release)
	g.Start("stubborn", func(context.Context) error { <-release; return nil })
	g.Stop()
	began := time.Now()
	_ = g.Wait(50 * time.Millisecond)
	if took := time.Since(began); took > 30*time.Second {
		t.Fatalf("waited %v", took)
	}
}
