// Package run starts the product's long-running work and waits for its end. It
// is the only place outside other kit packages' own machinery where goroutines
// begin: capabilities enqueue jobs and append events instead.
package run

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Group is a set of workers with one end.
type Group struct {
	ctx  context.Context
	stop context.CancelFunc
	log  *slog.Logger
	wg   sync.WaitGroup
	mu   sync.Mutex
	err  error
}

// NewGroup returns a group that ends when ctx does, or when a worker fails.
func NewGroup(ctx context.Context, log *slog.Logger) *Group {
	g := &Group{log: log}
	g.ctx, g.stop = context.WithCancel(ctx)
	return g
}

// Context ends when the group shall stop.
func (g *Group) Context() context.Context { return g.ctx }

// Start runs work until the group ends. An error ends the group; a panic is
// logged and the work begins again a second later.
func (g *Group) Start(name string, work func(context.Context) error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		for g.ctx.Err() == nil {
			err, again := g.once(name, work)
			if err != nil {
				g.fail(fmt.Errorf("%s: %w", name, err))
			}
			if !again {
				return
			}
			select {
			case <-g.ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
}

func (g *Group) once(name string, work func(context.Context) error) (err error, panicked bool) {
	defer func() {
		if p := recover(); p != nil {
			g.log.Error("worker panicked", "worker", name, "panic", p, "stack", string(debug.Stack()))
			panicked = true
		}
	}()
	return work(g.ctx), false
}

func (g *Group) fail(err error) {
	g.mu.Lock()
	if g.err == nil && g.ctx.Err() == nil {
		g.err = err
	}
	g.mu.Unlock()
	g.stop()
}

// Stop asks every worker to end.
func (g *Group) Stop() { g.stop() }

// Wait waits for the workers' end, at most for patience after the group was told
// to stop, and returns the first failure.
func (g *Group) Wait(patience time.Duration) error {
	<-g.ctx.Done()
	done := make(chan struct{})
	go func() { g.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		g.log.Warn("some work did not stop in time; it resumes at the next start")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}
