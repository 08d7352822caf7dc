package app

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/node"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/migrations"
)

// App is an opened installation.
type App struct {
	cfg      Config
	k        *kit.Kit
	holder   string
	lease    *node.Lease
	lockFile *os.File
	services
}

// Open opens the installation that cfg describes, migrated, with its keys. The
// caller ends with Close.
func Open(ctx context.Context, cfg Config) (a *App, err error) {
	if err := cfg.prepare(); err != nil {
		return nil, err
	}
	master, err := cfg.master()
	if err != nil {
		return nil, err
	}
	a = &App{cfg: cfg}
	if a.holder, err = instanceName(cfg.Data); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, cfg.DB, db.Options{})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if err := d.Migrate(ctx, migrations.FS); err != nil {
		return nil, err
	}
	a.k = newKit(cfg, d, master, a.holder)
	a.services, err = wire(a.k, a.holder, cfg.AllowPrivate, cfg.Simulator)
	if err != nil {
		return nil, err
	}
	a.registerDemo()
	return a, a.k.Seal.Preload(ctx)
}

// newKit builds the instruments. Ids come from node 0 until number gives the
// process a number of its own; reading commands never need one.
func newKit(cfg Config, d *db.DB, master *seal.Master, holder string) *kit.Kit {
	c := cfg.Clock
	ids := id.NewSource(0, c.Now)
	vault := seal.New(d, master, clock.Random(), c)
	k := &kit.Kit{DB: d, IDs: ids, Clock: c, Seal: vault, Log: cfg.Log,
		Events:   &event.Log{DB: d, IDs: ids, Clock: c},
		Files:    file.NewFiles(d, ids, c, vault),
		Jobs:     job.NewQueue(d, ids, c, cfg.Log, holder),
		Commands: &command.Pipe{DB: d, Clock: c, Seal: vault},
	}
	k.Runner = event.NewRunner(k.Events, cfg.Log, holder)
	return k
}

// number leases this process a node number; everything that writes needs one.
// A command beside a running server is a holder of its own.
func (a *App) number(ctx context.Context, holder string) error {
	l, err := node.Acquire(ctx, a.k.DB, a.cfg.Clock, holder)
	if err != nil {
		return err
	}
	a.lease = l
	a.k.IDs.SetNode(l.Number)
	return nil
}

// Close ends everything that Open opened.
func (a *App) Close() error {
	if a.lease != nil {
		a.lease.Release()
	}
	err := a.k.DB.Close()
	if a.lockFile != nil {
		err = errors.Join(err, a.lockFile.Close())
	}
	return err
}

// merchants lists every tenant's id, for workers.
func (a *App) merchants(ctx context.Context) ([]id.ID, error) {
	all, err := a.iam.Merchants(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]id.ID, len(all))
	for i, m := range all {
		out[i] = m.ID
	}
	return out, nil
}

// keptFor is how long finished jobs and stored answers stay.
const keptFor = 90 * 24 * time.Hour
