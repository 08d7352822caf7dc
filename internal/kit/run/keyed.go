package run

import (
	"context"
	"runtime/debug"
	"sync"
)

// Keyed runs tasks of which one per key is under way: a shop that hangs holds up
// its own next task and nobody else's.
type Keyed struct {
	g    *Group
	mu   sync.Mutex
	busy map[string]bool
}

// NewKeyed returns a runner whose tasks end with the group.
func NewKeyed(g *Group) *Keyed { return &Keyed{g: g, busy: map[string]bool{}} }

// Go begins work unless the key's last task is still under way; it reports whether
// it began. A panic is logged and ends the task.
func (k *Keyed) Go(key string, work func(context.Context)) bool {
	k.mu.Lock()
	if k.busy[key] || k.g.ctx.Err() != nil {
		k.mu.Unlock()
		return false
	}
	k.busy[key] = true
	k.g.wg.Add(1)
	k.mu.Unlock()
	go func() {
		defer k.g.wg.Done()
		defer func() {
			if p := recover(); p != nil {
				k.g.log.Error("task panicked", "task", key, "panic", p, "stack", string(debug.Stack()))
			}
			k.mu.Lock()
			delete(k.busy, key)
			k.mu.Unlock()
		}()
		work(k.g.ctx)
	}()
	return true
}

// Busy counts the tasks under way.
func (k *Keyed) Busy() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.busy)
}

// Each calls f for every item, at most n at a time, and waits for all. A panic in
// f is raised again here, once the others have ended.
func Each[T any](ctx context.Context, n int, items []T, f func(context.Context, T)) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var panicked any
	slots := make(chan struct{}, max(1, n))
	for _, item := range items {
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if p := recover(); p != nil {
					mu.Lock()
					panicked = p
					mu.Unlock()
				}
				<-slots
			}()
			f(ctx, item)
		}()
	}
	wg.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
