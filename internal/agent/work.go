package agent

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/run"
)

// work takes labels and hands them to their printers.
func (a *Agent) work(ctx context.Context, printers *run.Keyed) error {
	for {
		n, err := a.take(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrNotPaired):
			return err
		case err != nil:
			a.log.Warn("the server gives no labels", "error", err)
		}
		for _, name := range a.waiting() {
			printers.Go(name, func(ctx context.Context) { a.drain(ctx, name) })
		}
		if n > 0 && err == nil {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.clock.After(a.c.Poll):
		}
	}
}
