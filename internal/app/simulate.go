package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ordercove/ordercove/internal/kit/logx"
	"github.com/ordercove/ordercove/internal/simulator"
)

// SimulateConfig is what the command simulate takes.
type SimulateConfig struct{ simulator.Config }

// Simulate answers as the platforms would, until ctx ends. It opens no instance.
// Errors: ErrUsage.
func Simulate(ctx context.Context, c SimulateConfig, out, errOut io.Writer) error {
	log, err := logx.New(errOut, "warn", "text")
	if err != nil {
		return err
	}
	if c.Dir != "" {
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return err
		}
	}
	err = simulator.Serve(ctx, c.Config, out, log)
	if errors.Is(err, simulator.ErrConfig) {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return err
}
