package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	// leaseFor is how long a job of a process that died stays untouched.
	leaseFor = 15 * time.Second
	beat     = leaseFor / 3
	// poll finds what other processes enqueued and what came due.
	poll = time.Second
	// rest bounds how long a merchant is left alone. Another process's enqueue can
	// slip between our looking for the next job and our writing when it is due;
	// this is then the longest such a job waits.
	rest = 30 * time.Second

	firstRetry = 2 * time.Second
	lastRetry  = 10 * time.Minute
)

// Workers sets how many jobs run at once in this process; 4 unless told.
func (q *Queue) Workers(n int) { q.workers = max(n, 1) }

// Work runs jobs until ctx ends, then waits for those under way to stop. A job
// that is interrupted goes on at its checkpoint after the next start.
func (q *Queue) Work(ctx context.Context) {
	slots := make(chan struct{}, q.workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case slots <- struct{}{}:
		}
		r, err := q.next(ctx)
		if r != nil {
			wg.Add(1)
			go func() {
				defer wg.Done()
				q.execute(ctx, r)
				<-slots
				q.Wake() // a group may be free, or more may be due
			}()
			continue
		}
		<-slots
		if err != nil && ctx.Err() == nil {
			q.log.Error("claim a job", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		case <-q.clock.After(poll):
		}
	}
}

// Drain runs everything that is due, one job after the other, until nothing is.
// Tests use it instead of Work.
func (q *Queue) Drain(ctx context.Context) error {
	for {
		r, err := q.next(ctx)
		if err != nil || r == nil {
			return err
		}
		q.execute(ctx, r)
	}
}

type due struct {
	merchant id.ID
	at       int64
}

// next claims one job of any merchant that has work, or returns nil.
func (q *Queue) next(ctx context.Context) (*Run, error) {
	now := clock.Millis(q.clock)
	all, err := q.due(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		r, err := q.claim(ctx, d, now)
		if err != nil || r != nil {
			return r, err
		}
	}
	return nil, nil
}

func (q *Queue) due(ctx context.Context, now int64) ([]due, error) {
	var out []due
	for row := range db.Each(ctx, q.db, selectDue, now) {
		var d due
		if err := row.Scan(&d.merchant, &d.at); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// claim takes the merchant's next job, or notes when there will be one.
func (q *Queue) claim(ctx context.Context, d due, now int64) (*Run, error) {
	var r *Run
	err := q.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r = nil
		if _, err := tx.Exec(ctx, expireLeases, now, d.merchant, now); err != nil {
			return err
		}
		var job id.ID
		err := tx.QueryRow(ctx, nextSQL(tx.Dialect()), d.merchant, now).Scan(&job)
		if errors.Is(err, sql.ErrNoRows) {
			return q.restTx(ctx, tx, d, now)
		}
		if err != nil {
			return err
		}
		lease := q.holder + ":" + q.ids.New().String()
		n, err := tx.ExecN(ctx, claim, lease, now+leaseFor.Milliseconds(), now, d.merchant, job)
		if err != nil || n == 0 {
			return err
		}
		j, err := q.get(ctx, tx, d.merchant, job)
		if err != nil {
			return err
		}
		r = &Run{Job: j, q: q, lease: lease}
		r.cancel.Store(j.CancelAsked)
		return tx.QueryRow(ctx, selectActor, d.merchant, job).Scan(&r.actor)
	})
	if db.IsUnique(err) { // another worker took a job of the same group at this moment
		return nil, nil
	}
	return r, err
}

func (q *Queue) restTx(ctx context.Context, tx *db.Tx, d due, now int64) error {
	var next int64
	if err := tx.QueryRow(ctx, selectNextDue, d.merchant, d.merchant).Scan(&next); err != nil {
		return err
	}
	latest := now + rest.Milliseconds()
	switch {
	case next == 0 || next > latest:
		next = latest
	case next <= now: // due, but its group is busy or another worker is claiming it
		next = now + poll.Milliseconds()
	}
	_, err := tx.Exec(ctx, restMerchant, next, d.merchant, d.at)
	return err
}

// execute runs the handler and writes down how it ended.
func (q *Queue) execute(ctx context.Context, r *Run) {
	began := q.clock.Now()
	h, known := q.handler(r.Job.Kind)
	jctx, stop := context.WithCancel(ctx)
	beating := make(chan struct{})
	merchant, number := r.Job.MerchantID, r.Job.ID // Job changes as the handler advances
	go func() {
		defer close(beating)
		r.beat(jctx, stop, merchant, number)
	}()
	var err error
	switch {
	case !known:
		err = ErrUnknownKind
	case r.Job.Attempt > h.MaxAttempts:
		err = ErrCrashed
	case r.Cancelled():
		err = ErrCancelled
	default:
		err = r.call(jctx, h)
	}
	stop()
	<-beating
	state, e := q.settle(ctx, r, h, err)
	if e != nil && !errors.Is(e, ErrLost) {
		q.log.Error("settle a job", "job", r.Job.ID, "kind", r.Job.Kind, "error", e)
	}
	q.changed(r.Job.MerchantID, r.Job.Visible)
	q.mu.RLock()
	watchers := q.onFinish
	q.mu.RUnlock()
	for _, f := range watchers {
		f(ctx, r.Job.Kind, state, q.clock.Now().Sub(began))
	}
}

// call runs the handler with the rights of whoever asked; a panic is an error.
func (r *Run) call(ctx context.Context, h Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	var who rights
	if err := json.Unmarshal([]byte(r.actor), &who); err != nil {
		return err
	}
	return h.Run(actor.With(ctx, who.actor(r.Job.ID)), r)
}

// beat keeps the lease while the handler works, and stops the handler when the
// job was cancelled or taken over.
func (r *Run) beat(ctx context.Context, stop context.CancelFunc, merchant, number id.ID) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.q.clock.After(beat):
		}
		var asked int64
		err := r.q.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.ExecN(ctx, heartbeat, clock.Millis(r.q.clock)+leaseFor.Milliseconds(), merchant, number, r.lease)
			if err != nil {
				return err
			}
			if n != 1 {
				return ErrLost
			}
			return tx.QueryRow(ctx, selectStop, merchant, number, r.lease).Scan(&asked)
		})
		if errors.Is(err, ErrLost) {
			r.lost.Store(true)
			stop()
			return
		}
		if err != nil && ctx.Err() == nil {
			r.q.log.Warn("job heartbeat", "job", number, "error", err)
		}
		if asked == 1 {
			r.cancel.Store(true)
		}
	}
}

// settle writes the end of a run: over, again later, or back because the process
// is stopping.
func (q *Queue) settle(ctx context.Context, r *Run, h Handler, err error) (state string, _ error) {
	now := clock.Millis(q.clock)
	j := &r.Job
	var runAt, attempt int64
	e := errs.As(err)
	wait, waits := asked(err)
	switch {
	case err == nil && q.every(j.Kind) > 0:
		return Waiting, q.inRun(ctx, func(ctx context.Context, tx *db.Tx) error {
			return q.oneTx(ctx, tx, now+q.every(j.Kind).Milliseconds(), again, now+q.every(j.Kind).Milliseconds(), j.MerchantID, j.ID, r.lease)
		})
	case err == nil:
		state = Succeeded
	case errors.Is(err, ErrLost) || r.lost.Load():
		return Waiting, ErrLost
	case errors.Is(err, ErrCancelled):
		state = Cancelled
	case ctx.Err() != nil:
		state, runAt, attempt = Waiting, now, max(j.Attempt-1, 0)
	case waits:
		state, runAt, err = Waiting, now+wait.Milliseconds(), nil
	case e != nil && !retryable(e) && q.every(j.Kind) == 0, !q.again(j, h):
		state = Failed
	default:
		state, attempt = Waiting, j.Attempt
		runAt = now + q.backoff(j.Attempt).Milliseconds()
	}
	if err != nil && state != Cancelled && ctx.Err() == nil {
		q.logFailure(j, state, err)
	}
	code, params := "", ""
	if err != nil && ctx.Err() == nil {
		c, p, _ := RowError(err)
		code, params = c, paramsText(p)
	}
	return state, q.inRun(ctx, func(ctx context.Context, tx *db.Tx) error {
		if state == Waiting {
			return q.oneTx(ctx, tx, runAt, putBack, runAt, attempt, code, params, j.MerchantID, j.ID, r.lease)
		}
		next := int64(0)
		if j.GroupKey != "" {
			next = now // the group's next job may start
		}
		return q.oneTx(ctx, tx, next, finish, state, code, params, now, j.MerchantID, j.ID, r.lease)
	})
}

// again reports whether another attempt is left; periodic jobs never run out.
func (q *Queue) again(j *Job, h Handler) bool {
	return q.every(j.Kind) > 0 || j.Attempt < h.MaxAttempts
}

// inRun commits the end of a run even while the process is stopping.
func (q *Queue) inRun(ctx context.Context, f func(context.Context, *db.Tx) error) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	return q.db.InTx(ctx, f)
}

// oneTx runs a statement that must hit the leased row (the third argument from
// the end is the merchant), and tells when the merchant is due again.
func (q *Queue) oneTx(ctx context.Context, tx *db.Tx, runAt int64, stmt string, args ...any) error {
	n, err := tx.ExecN(ctx, stmt, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return ErrLost
	}
	if runAt == 0 {
		return nil
	}
	return q.wakeTx(ctx, tx, args[len(args)-3].(id.ID), runAt, clock.Millis(q.clock))
}

func retryable(e *errs.Error) bool {
	switch e.Kind {
	case errs.Internal, errs.Unavailable, errs.TooMany:
		return !errors.Is(e, ErrUnknownKind) && !errors.Is(e, ErrCrashed)
	}
	return false
}

func (q *Queue) backoff(attempt int64) time.Duration {
	d := lastRetry
	if attempt < 12 {
		d = min(firstRetry<<max(attempt-1, 0), lastRetry)
	}
	return q.jitter(d)
}

func (q *Queue) logFailure(j *Job, state string, err error) {
	level := slog.LevelWarn
	if errs.KindOf(err) == errs.Internal {
		level = slog.LevelError
	}
	q.log.Log(context.Background(), level, "job failed", "job", j.ID, "kind", j.Kind, "merchant", j.MerchantID,
		"attempt", j.Attempt, "next_state", state, "error", err)
}
