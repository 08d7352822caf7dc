package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/ordercove/ordercove/internal/api/systemapi"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/logx"
	"github.com/ordercove/ordercove/internal/kit/run"
)

// patience is how long accepted requests and running jobs get at the end.
const patience = 8 * time.Second

// Serve runs the product until ctx ends. It prints where to go to out.
func Serve(ctx context.Context, cfg ServeConfig, out io.Writer) error {
	if err := cfg.prepare(); err != nil {
		return err
	}
	conf, err := cfg.tlsConfig()
	if err != nil {
		return err
	}
	locked, err := lock(cfg.Data)
	if err != nil {
		return err
	}
	a, err := Open(ctx, cfg.Config)
	if err != nil {
		return errors.Join(err, locked.Close())
	}
	a.lockFile = locked
	return errors.Join(a.serve(ctx, cfg, conf, out), a.Close())
}

func (a *App) serve(ctx context.Context, cfg ServeConfig, conf *tls.Config, out io.Writer) error {
	if err := a.number(ctx, a.holder); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	if conf != nil {
		ln = tls.NewListener(ln, conf)
	}
	a.k.Jobs.Workers(cfg.Workers)
	g := run.NewGroup(ctx, a.cfg.Log)
	a.startWorkers(g)
	srv := &http.Server{Handler: a.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: logx.Std(a.cfg.Log)}
	g.Start("server", func(context.Context) error {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Start("end of server", func(ctx context.Context) error {
		<-ctx.Done()
		a.hub.Close() // pages that listen never finish by themselves
		late, done := context.WithTimeout(context.Background(), patience)
		defer done()
		if srv.Shutdown(late) != nil {
			_ = srv.Close()
		}
		return nil
	})
	if err := a.greet(context.WithoutCancel(ctx), ln.Addr(), conf != nil, out); err != nil {
		g.Stop()
		return errors.Join(err, g.Wait(patience+time.Second))
	}
	return g.Wait(patience + time.Second)
}

// startWorkers starts everything that runs beside the server.
func (a *App) startWorkers(g *run.Group) {
	a.k.Jobs.OnChange(func(m id.ID) { a.hub.Publish(m, "jobs") })
	a.k.Runner.OnNumbered(func(m id.ID, aggregates []string) {
		var topics []string
		for _, kind := range aggregates {
			if t := systemapi.Topic(kind); t != "" {
				topics = append(topics, t)
			}
		}
		a.hub.Publish(m, topics...)
	})
	g.Start("node lease", func(ctx context.Context) error {
		return a.lease.Keep(ctx, func(err error) { a.cfg.Log.Warn("node lease", "error", err) })
	})
	g.Start("jobs", func(ctx context.Context) error {
		if err := a.resume(ctx); err != nil {
			return err
		}
		a.k.Jobs.Work(ctx)
		return nil
	})
	g.Start("synchronisation", func(ctx context.Context) error { return a.sync.Work(ctx, g, a.merchants) })
	a.send.Work(g, a.merchants)
	g.Start("events", func(ctx context.Context) error { a.k.Runner.Work(ctx); return nil })
	g.Start("iam sweep", a.sweepIAM)
	g.Start("give back memory", a.giveBack)
	g.Start("audit", func(ctx context.Context) error { a.audit.Work(ctx, a.merchants); return nil })
}

// giveBack returns to the system what starting took and nothing needs any more,
// once; an instance that rests then stays as small as it is.
func (a *App) giveBack(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-a.cfg.Clock.After(2 * time.Second):
		debug.FreeOSMemory()
		<-ctx.Done()
	}
	return nil
}

// sweepIAM removes old sessions and failed logins, which belong to no merchant.
func (a *App) sweepIAM(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.cfg.Clock.After(time.Hour):
		}
		if err := a.iam.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.cfg.Log.Warn("sweep old sessions", "error", err)
		}
	}
}

// resume takes back the jobs of this installation's former life, and gives every
// merchant the periodic jobs that this version knows.
func (a *App) resume(ctx context.Context) error {
	if err := a.k.Jobs.TakeBack(ctx); err != nil {
		return err
	}
	all, err := a.merchants(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		err := a.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return a.k.Jobs.EnsurePeriodicTx(ctx, tx, m) })
		if err != nil {
			return err
		}
	}
	return nil
}

// greet prints the address, and at the first start the setup token.
func (a *App) greet(ctx context.Context, addr net.Addr, secure bool, out io.Writer) error {
	base := baseURL(addr, secure)
	need, err := a.iam.SetupNeeded(ctx)
	if err != nil {
		return err
	}
	a.cfg.Log.Info("ready", "url", base, "version", a.cfg.Version, "engine", string(a.k.DB.Dialect))
	if a.cfg.Simulator != "" {
		a.cfg.Log.Warn("channels are spoken to at a simulator, no real shop is", "simulator", a.cfg.Simulator)
	}
	if !need {
		_, err = fmt.Fprintf(out, "Ordercove: %s\n", base)
		return err
	}
	token, err := a.iam.CreateSetupToken(ctx, "")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\n首次使用，请打开 / First run, open:\n\n    %s/setup?token=%s\n\n", base, url.QueryEscape(token))
	return err
}

func baseURL(addr net.Addr, secure bool) string {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + "://" + addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
