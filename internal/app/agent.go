package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ordercove/ordercove/internal/agent"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/logx"
)

// AgentConfig is what the command agent takes.
type AgentConfig struct{ agent.Config }

// AgentPair pairs this PC with a server. It opens no instance.
// Errors: ErrUsage, agent.ErrNotPaired, agent.ErrServer.
func AgentPair(ctx context.Context, c AgentConfig, server, code string, out io.Writer) error {
	return usage(agent.Pair(ctx, c.Config, server, code, out))
}

// AgentRun prints what is in this PC's queue until ctx ends. One program runs per folder.
// Errors: ErrUsage, agent.ErrNotPaired.
func AgentRun(ctx context.Context, c AgentConfig, out, errOut io.Writer) error {
	log, err := logx.New(errOut, "info", "text")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	locked, err := lockAs(c.Dir, "lock", "another print agent uses the folder")
	if err != nil {
		return err
	}
	return errors.Join(usage(agent.Run(ctx, c.Config, clock.System{}, log, out)), locked.Close())
}

// AgentFound lists the printers and print components of this PC.
// Errors: ErrUsage.
func AgentFound(ctx context.Context, c AgentConfig, out, errOut io.Writer) error {
	log, err := logx.New(errOut, "warn", "text")
	if err != nil {
		return err
	}
	return usage(agent.Found(ctx, c.Config, clock.System{}, log, out))
}

func usage(err error) error {
	if errors.Is(err, agent.ErrConfig) {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return err
}

// componentParams signs labels for the print components that fetch the key of each from
// their channel; of channels whose component needs nothing it gives nothing.
func componentParams(doors *access.Service) func(context.Context, id.ID) (string, error) {
	return func(ctx context.Context, shopID id.ID) (string, error) {
		line, err := doors.Open(ctx, shopID)
		if err != nil {
			return "", err
		}
		signer, ok := line.Client.(channel.PrintSigner)
		if !ok {
			return "", nil
		}
		return signer.PrintParams()
	}
}
