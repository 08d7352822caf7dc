package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/run"
	"github.com/ordercove/ordercove/internal/simulator/component"
)

// components answers as every print component, each where it usually listens on a
// seller's machine, which is nowhere but there.
func components(g *run.Group, out io.Writer) error {
	for _, kind := range component.Kinds() {
		address := component.Address(kind, "127.0.0.1")
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", u.Host)
		if err != nil {
			return fmt.Errorf("%w: a print component already listens there: %w", ErrConfig, err)
		}
		server := &http.Server{Handler: component.New(kind, clock.System{}), ReadHeaderTimeout: 10 * time.Second}
		g.Start("component "+kind, func(context.Context) error {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
		g.Start("end of component "+kind, func(ctx context.Context) error {
			<-ctx.Done()
			return server.Close()
		})
		if _, err := fmt.Fprintf(out, "print component of %s on %s\n", kind, address); err != nil {
			return err
		}
	}
	return nil
}
