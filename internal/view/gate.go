package view

import (
	"context"
	"runtime"
)

// A gate lets as many questions run as there are processors; the others wait in the
// order they came. More at once would each take longer, and together keep incoming
// orders from being written.
type gate chan struct{}

func newGate() gate { return make(gate, runtime.GOMAXPROCS(0)) }

// enter waits for a turn; the caller ends it with leave.
func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }
