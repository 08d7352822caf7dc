package pull

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/run"
)

// Tasks that one process does for a shop.
const (
	taskSync   = "sync"
	taskStream = "stream"
)

const (
	tick        = 200 * time.Millisecond
	lookAgain   = 3 * second // how soon a shop that another process changed is seen here
	streamAgain = 5 * time.Second
	runsKept    = 90 * day // equal comparisons
)

func (e *Engine) register() {
	e.k.Jobs.Register(wordJob, job.Handler{Run: e.runWord})
	e.k.Jobs.Periodic("channel.sync_sweep", time.Hour, func(ctx context.Context, _ *job.Run) error { return e.Sweep(ctx) })
}

// Sweep forgets what the acting merchant needs no more: handled pushes, equal
// comparisons, and the raw bodies of orders that were taken long ago.
func (e *Engine) Sweep(ctx context.Context) error {
	now := e.now()
	days, err := e.settings.Int(ctx, merchantOf(ctx), KeepDays)
	if err != nil {
		return err
	}
	if err := e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, sweepHints, merchantOf(ctx), now-hintsKept); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sweepDecrypts, merchantOf(ctx), dayOf(now-runsKept)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, pruneRuns, merchantOf(ctx), id.First(now-runsKept))
		return err
	}); err != nil {
		return err
	}
	return e.door.ForgetBodies(ctx, now-days*day)
}

// hold takes or renews the lease on a shop's task; a fresh one costs no write.
func (e *Engine) hold(ctx context.Context, key shopKey, task string) (bool, error) {
	now := e.now()
	if task == taskSync {
		e.mu.Lock()
		until := e.leases[key]
		e.mu.Unlock()
		if until-now > leaseLeft {
			return true, nil
		}
	}
	until := now + leaseFor
	ok := false
	err := e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, insertLease, merchantOf(ctx), key.shop, task, e.holder, until)
		if err == nil && n == 0 {
			n, err = tx.ExecN(ctx, takeLease, e.holder, until, merchantOf(ctx), key.shop, task, e.holder, now)
		}
		ok = n == 1
		return err
	})
	if err != nil {
		return false, err
	}
	if task == taskSync {
		e.mu.Lock()
		if ok {
			e.leases[key] = until
		} else {
			delete(e.leases, key)
		}
		e.mu.Unlock()
	}
	return ok, nil
}

// Release gives every lease back, for the end of the process: another one, or the
// next life of this one, goes on at once.
func (e *Engine) Release(ctx context.Context) {
	e.mu.Lock()
	held := e.leases
	e.leases = map[shopKey]int64{}
	e.mu.Unlock()
	for key := range held {
		ctx := acting(ctx, key.merchant)
		_ = e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, freeLease, merchantOf(ctx), key.shop, taskSync, e.holder)
			return err
		})
	}
}

// Work runs the loops of every shop until ctx ends. Each shop has a task of its own
// and waits for nobody: a shop whose channel hangs holds up itself alone.
func (e *Engine) Work(ctx context.Context, g *run.Group, merchants func(context.Context) ([]id.ID, error)) error {
	tasks, streams := run.NewKeyed(g), run.NewKeyed(g)
	looked := int64(0)
	defer e.Release(context.WithoutCancel(ctx))
	for {
		if e.now()-looked >= lookAgain {
			looked = e.now()
			if err := e.look(ctx, streams, merchants); err != nil && ctx.Err() == nil {
				e.k.Log.Warn("synchronisation looks for shops", "error", err)
			}
		}
		for _, key := range e.dueNow() {
			tasks.Go(key.merchant.String()+"/"+key.shop.String(), func(ctx context.Context) { e.task(ctx, key) })
		}
		select {
		case <-ctx.Done():
			return nil
		case <-e.wake:
		case <-e.k.Clock.After(tick):
		}
	}
}

// look learns which shops there are, and keeps their streams of hints open.
func (e *Engine) look(ctx context.Context, streams *run.Keyed, merchants func(context.Context) ([]id.ID, error)) error {
	all, err := merchants(ctx)
	if err != nil {
		return err
	}
	now, there := e.now(), map[shopKey]bool{}
	for _, m := range all {
		ctx := acting(ctx, m)
		shops, err := e.access.Shops(ctx)
		if err != nil {
			return err
		}
		for _, sh := range shops {
			key := shopKey{m, sh.ID}
			there[key] = true
			e.mu.Lock()
			if _, known := e.due[key]; !known {
				e.due[key] = now
			}
			e.mu.Unlock()
			e.mu.Lock()
			streaming := e.streaming[key]
			e.mu.Unlock()
			if streaming {
				streams.Go(m.String()+"/"+sh.ID.String(), func(ctx context.Context) { e.listen(ctx, key) })
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for key := range e.due {
		if !there[key] {
			delete(e.due, key)
		}
	}
	return nil
}

func (e *Engine) dueNow() []shopKey {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []shopKey
	for key, at := range e.due {
		if at <= now {
			out = append(out, key)
		}
	}
	return out
}

// task is one round, and when the next one is worth it.
func (e *Engine) task(ctx context.Context, key shopKey) {
	// What wakes the shop while the round runs is kept.
	e.mu.Lock()
	e.due[key] = e.now() + hour
	e.mu.Unlock()
	next, err := e.Step(ctx, key.merchant, key.shop)
	if err != nil && ctx.Err() == nil {
		e.k.Log.Error("synchronisation of a shop", "merchant", key.merchant, "shop", key.shop, "error", err)
		next = e.now() + 5*second
	}
	// Another process, or a person, may have changed what is due.
	next = min(next, e.now()+notNow)
	e.mu.Lock()
	if at, known := e.due[key]; known && at > next {
		e.due[key] = next
	}
	e.mu.Unlock()
}

// listen holds a stream of hints open, in one process.
func (e *Engine) listen(ctx context.Context, key shopKey) {
	ctx = acting(ctx, key.merchant)
	if ok, err := e.hold(ctx, key, taskStream); err != nil || !ok {
		return
	}
	line, err := e.access.Open(ctx, key.shop)
	if err != nil {
		return
	}
	s, ok := line.Client.(channel.HintStream)
	if !ok {
		return
	}
	kept := e.now()
	err = s.StreamHints(ctx, func(ctx context.Context, h channel.Hint) error {
		if e.now()-kept > leaseFor/2 {
			if ok, err := e.hold(ctx, key, taskStream); err != nil || !ok {
				return errors.Join(err, ErrLeaseLost)
			}
			kept = e.now()
		}
		return e.deliver(ctx, line, []channel.Hint{h})
	})
	if err != nil && ctx.Err() == nil {
		code, _ := coded(err)
		e.k.Log.Warn("stream of pushes ended", "merchant", key.merchant, "shop", key.shop, "error", code)
		e.access.Failed(ctx, line, err)
	}
	select {
	case <-ctx.Done():
	case <-e.k.Clock.After(streamAgain):
	}
}

// deliver puts hints on disk and wakes whom they are about.
func (e *Engine) deliver(ctx context.Context, line *access.Line, hints []channel.Hint) error {
	woken := map[id.ID]bool{}
	err := e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		clear(woken)
		return e.keepHintsTx(ctx, tx, line, hints, woken)
	})
	if err != nil {
		return err
	}
	for s := range woken {
		e.Wake(merchantOf(ctx), s)
	}
	return nil
}

// hurry makes the shop's lists due now.
func (e *Engine) hurry(ctx context.Context, shopID id.ID) error {
	return e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, hurryStream, merchantOf(ctx), shopID)
		return err
	})
}

// next says when something of the shop is due. stop is why the round ended early.
func (r *round) next(ctx context.Context, stop error) (int64, error) {
	now := r.e.now()
	if until, err := r.e.apps.bannedUntil(ctx, r.appKey()); err != nil || until > 0 {
		return until, err
	}
	next := now + notNow
	streams, err := readStreams(ctx, r.e.k.DB, r.shopID())
	if err != nil {
		return now, err
	}
	for _, s := range streams {
		next = min(next, s.Next)
	}
	if stop != nil {
		return max(next, now+r.line.Tuning.RetryMS[0]), nil
	}
	for _, q := range []string{nextHint, nextDay} {
		var at sql.NullInt64
		if err := r.e.k.DB.QueryRow(ctx, q, merchantOf(ctx), r.shopID()).Scan(&at); err != nil {
			return now, err
		}
		if at.Valid {
			next = min(next, at.Int64)
		}
	}
	gaps, err := readGaps(ctx, r.e.k.DB, selectGaps, merchantOf(ctx), r.shopID(), gapsAtOnce)
	if err != nil {
		return now, err
	}
	for _, g := range gaps {
		next = min(next, g.Next)
	}
	dues, err := readDues(ctx, r.e.k.DB, r.shopID())
	if err != nil {
		return now, err
	}
	for _, d := range dues {
		next = min(next, d.next)
	}
	return max(next, now), nil
}

func readStreams(ctx context.Context, q db.Querier, shopID id.ID) ([]stream, error) {
	return db.All(ctx, q, (*stream).into, selectStreams, merchantOf(ctx), shopID)
}
