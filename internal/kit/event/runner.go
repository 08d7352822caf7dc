package event

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Consumer folds events into its own tables or enqueues jobs, in the transaction
// that moves its checkpoint. It does not call anything outside.
type Consumer struct {
	Name string // unique and stable: "order.relink_lines"
	// Handle gets events in seq order, as the product itself. An error undoes the
	// batch; it comes again later, and no other consumer waits for it.
	Handle func(ctx context.Context, tx *db.Tx, events []Event) error
	// Names limits what Handle sees; empty means everything.
	Names []string
	// FromNow starts a consumer that a new version brings at the present instead
	// of the beginning.
	FromNow bool
}

const (
	pollEvents   = time.Second
	gather       = 100 * time.Millisecond // commits that come close together are numbered together
	numberBatch  = 1000
	consumeBatch = 500
	sweepEvery   = 30 * time.Second
	leaseEvents  = 5 * time.Second
	longestRetry = 5 * time.Minute
)

// Runner numbers events and hands them to consumers.
type Runner struct {
	log       *Log
	slog      *slog.Logger
	holder    string
	consumers []Consumer
	wake      chan struct{}

	mu       sync.Mutex
	pending  map[id.ID]int64 // merchant → unix ms from which it is worth looking again
	last     map[id.ID]int64 // SQLite: merchant → number up to which observers were told
	numbered []func(merchant id.ID, aggregates []string)
}

// NewRunner returns a runner without consumers. holder names this process.
func NewRunner(l *Log, log *slog.Logger, holder string) *Runner {
	r := &Runner{log: l, slog: log, holder: holder, wake: make(chan struct{}, 1), pending: map[id.ID]int64{}, last: map[id.ID]int64{}}
	wake := func() {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
	l.wake.Store(&wake)
	return r
}

// Add registers a consumer, before Work begins.
func (r *Runner) Add(c Consumer) {
	for _, had := range r.consumers {
		if had.Name == c.Name {
			panic("event: consumer added twice: " + c.Name)
		}
	}
	r.consumers = append(r.consumers, c)
}

// OnNumbered adds an observer of what changed, for live views.
func (r *Runner) OnNumbered(f func(merchant id.ID, aggregates []string)) {
	r.numbered = append(r.numbered, f)
}

// Work runs until ctx ends.
func (r *Runner) Work(ctx context.Context) {
	var swept time.Time
	for ctx.Err() == nil {
		now := r.log.Clock.Now()
		if now.Sub(swept) >= sweepEvery { // backlog of a process that died, and new consumers
			swept = now
			if err := r.sweep(ctx); err != nil && ctx.Err() == nil {
				r.slog.Error("look for events", "error", err)
			}
		}
		if _, err := r.round(ctx); err != nil && ctx.Err() == nil {
			r.slog.Error("events", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-r.log.Clock.After(pollEvents):
		case <-r.wake:
			select {
			case <-ctx.Done():
			case <-r.log.Clock.After(gather):
			}
		}
	}
}

// Drain numbers and handles everything, until nothing is left. Tests use it
// instead of Work. A failing consumer's error is returned.
func (r *Runner) Drain(ctx context.Context) error {
	if err := r.sweep(ctx); err != nil {
		return err
	}
	for {
		busy, err := r.round(ctx)
		if err != nil || !busy {
			return err
		}
	}
}

func (r *Runner) sweep(ctx context.Context) error {
	all, err := r.ids(ctx, selectCursors)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range all {
		if _, known := r.pending[m]; !known {
			r.pending[m] = 0
		}
	}
	return err
}

func (r *Runner) ids(ctx context.Context, q string) ([]id.ID, error) {
	rows, err := r.log.DB.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []id.ID
	for rows.Next() {
		var m id.ID
		if err := rows.Scan(&m); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// round numbers what is new and lets every consumer go as far as it can.
func (r *Runner) round(ctx context.Context) (busy bool, err error) {
	fresh, err := r.ids(ctx, selectUnnumbered)
	if err != nil {
		return false, err
	}
	for _, m := range fresh {
		if e := r.number(ctx, m); e != nil {
			err = errors.Join(err, fmt.Errorf("number events of %d: %w", m, e))
			continue
		}
		busy = true
		r.mu.Lock()
		r.pending[m] = 0
		r.mu.Unlock()
	}
	if e := r.grown(ctx); e != nil {
		err = errors.Join(err, e)
	}
	now := clock.Millis(r.log.Clock)
	for _, m := range r.due(now) {
		n, e := r.serve(ctx, m)
		busy, err = busy || n, errors.Join(err, e)
	}
	return busy && ctx.Err() == nil, err
}

// serve lets every consumer go as far as it can, side by side, so that a page of
// events is read once for all of them.
func (r *Runner) serve(ctx context.Context, m id.ID) (busy bool, err error) {
	retry := int64(0)
	p := &leaf{}
	for going := slices.Clone(r.consumers); len(going) > 0 && ctx.Err() == nil; {
		rest := going[:0]
		for _, c := range going {
			n, next, e := r.consume(ctx, m, c, p)
			busy = busy || n > 0
			if e != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", c.Name, e))
			}
			if next > 0 && (retry == 0 || next < retry) {
				retry = next
			}
			if n > 0 && e == nil {
				rest = append(rest, c)
			}
		}
		going = rest
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if delete(r.pending, m); retry > 0 {
		r.pending[m] = retry
	}
	return busy, err
}

// leaf is the page of events read last. Numbered events never change, and one that
// came too late for the page is on the next.
type leaf struct {
	after  int64
	limit  int
	events []Event
}

func (p *leaf) read(ctx context.Context, tx *db.Tx, m id.ID, after int64, limit int) ([]Event, error) {
	if p.after == after && p.limit == limit && len(p.events) > 0 {
		return p.events, nil
	}
	rows, err := tx.Query(ctx, selectAfter, m, after, limit)
	if err != nil {
		return nil, err
	}
	all, err := scan(rows)
	if err == nil {
		*p = leaf{after, limit, all}
	}
	return all, err
}

// grown finds merchants whose events were numbered as they were appended, which
// is so where there is one writer, and tells the observers.
func (r *Runner) grown(ctx context.Context) error {
	if r.log.DB.Dialect != db.SQLite {
		return nil
	}
	rows, err := r.log.DB.Query(ctx, selectLasts)
	if err != nil {
		return err
	}
	defer rows.Close()
	type span struct {
		m        id.ID
		from, to int64
	}
	var all []span
	r.mu.Lock()
	for rows.Next() {
		var s span
		if err := rows.Scan(&s.m, &s.to); err != nil {
			r.mu.Unlock()
			return err
		}
		if s.from = r.last[s.m]; s.to > s.from {
			all = append(all, s)
			r.last[s.m], r.pending[s.m] = s.to, 0
		}
	}
	r.mu.Unlock()
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(r.numbered) == 0 {
		return err
	}
	for _, s := range all {
		// A first look, or one after a long backlog, need not say what the old ones were.
		kinds, err := texts(ctx, r.log.DB, selectNumbered, s.m, max(s.from, s.to-numberBatch), s.to)
		if err != nil {
			return err
		}
		for _, f := range r.numbered {
			f(s.m, kinds)
		}
	}
	return nil
}

func (r *Runner) due(now int64) []id.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []id.ID
	for m, at := range r.pending {
		if at <= now {
			out = append(out, m)
		}
	}
	return out
}

// number gives the merchant's new events their place, in batches.
func (r *Runner) number(ctx context.Context, m id.ID) error {
	for {
		var n, from int64
		var kinds []string
		err := r.log.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, kinds = 0, nil
			took, err := tx.ExecN(ctx, takeCursor, r.holder, clock.Millis(r.log.Clock)+leaseEvents.Milliseconds(), m)
			if err != nil {
				return err
			}
			if took == 0 {
				if _, err := tx.Exec(ctx, insertCursor, m); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, takeCursor, r.holder, clock.Millis(r.log.Clock)+leaseEvents.Milliseconds(), m); err != nil {
					return err
				}
			}
			if err := tx.QueryRow(ctx, selectLast, m).Scan(&from); err != nil {
				return err
			}
			if n, err = tx.ExecN(ctx, numberSQL(tx.Dialect()), from, m, numberBatch, m); err != nil || n == 0 {
				return err
			}
			if _, err := tx.Exec(ctx, saveLast, n, m); err != nil {
				return err
			}
			if len(r.numbered) > 0 {
				kinds, err = texts(ctx, tx, selectNumbered, m, from, from+n)
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(kinds) > 0 {
			for _, f := range r.numbered {
				f(m, kinds)
			}
		}
		if n < numberBatch {
			return nil
		}
	}
}

func texts(ctx context.Context, tx db.Querier, q string, args ...any) ([]string, error) {
	rows, err := tx.Query(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// consume hands the consumer one batch; when it fails on it, event by event up to
// the bad one. next is when a failed one is to be tried again.
func (r *Runner) consume(ctx context.Context, m id.ID, c Consumer, p *leaf) (handled int, next int64, err error) {
	limit := consumeBatch
	for ctx.Err() == nil {
		var n int
		err := r.log.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, next, err = r.step(actor.With(ctx, actor.ForSystem(m, "event")), tx, m, c, limit, p)
			return err
		})
		if err != nil && limit > 1 {
			limit, p = 1, &leaf{}
			continue
		}
		if err != nil {
			at, e := r.fail(ctx, m, c, err)
			return handled, at, errors.Join(err, e)
		}
		handled += n
		if n == 0 || limit > 1 {
			return handled, next, nil
		}
	}
	return handled, 0, nil
}

// step handles one batch. n is how many events it passed, 0 when there was none
// or the consumer is waiting for its next try at next.
func (r *Runner) step(ctx context.Context, tx *db.Tx, m id.ID, c Consumer, limit int, p *leaf) (n int, next int64, err error) {
	var seq, failures, retryAt int64
	err = tx.QueryRow(ctx, checkpointSQL(tx.Dialect()), m, c.Name).Scan(&seq, &failures, &retryAt)
	if errors.Is(err, sql.ErrNoRows) {
		return r.begin(ctx, tx, m, c)
	}
	if err != nil {
		return 0, 0, err
	}
	if retryAt > clock.Millis(r.log.Clock) {
		return 0, retryAt, nil
	}
	all, err := p.read(ctx, tx, m, seq, limit)
	if err != nil || len(all) == 0 {
		return 0, 0, err
	}
	if mine := wanted(all, c.Names); len(mine) > 0 {
		if err := call(ctx, tx, c, mine); err != nil {
			return 0, 0, err
		}
	}
	_, err = tx.Exec(ctx, saveCheckpoint, all[len(all)-1].Seq, m, c.Name)
	return len(all), 0, err
}

// begin gives a consumer its checkpoint for this merchant.
func (r *Runner) begin(ctx context.Context, tx *db.Tx, m id.ID, c Consumer) (int, int64, error) {
	var from int64
	if c.FromNow {
		if err := tx.QueryRow(ctx, selectLast, m).Scan(&from); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, 0, err
		}
	}
	_, err := tx.Exec(ctx, insertCheckpoint, m, c.Name, from)
	return 1, 0, err
}

// call turns a panic into an error, so that one consumer never stops the runner.
func call(ctx context.Context, tx *db.Tx, c Consumer, events []Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.Handle(ctx, tx, events)
}

func wanted(all []Event, names []string) []Event {
	if len(names) == 0 {
		return all
	}
	var out []Event
	for _, e := range all {
		for _, n := range names {
			if e.Name == n {
				out = append(out, e)
				break
			}
		}
	}
	return out
}

// fail notes the failure and when to try again.
func (r *Runner) fail(ctx context.Context, m id.ID, c Consumer, cause error) (int64, error) {
	code := "event.consumer_failed"
	if e := errs.As(cause); e != nil {
		code = e.Code
	}
	var at int64
	err := r.log.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var seq, failures, retryAt int64
		if err := tx.QueryRow(ctx, selectCheckpoint, m, c.Name).Scan(&seq, &failures, &retryAt); err != nil {
			return err
		}
		wait := longestRetry
		if failures < 9 {
			wait = min(time.Second<<failures, longestRetry)
		}
		at = clock.Millis(r.log.Clock) + wait.Milliseconds()
		_, err := tx.Exec(ctx, saveFailure, code, at, m, c.Name)
		return err
	})
	return at, err
}

// Lag is how far a consumer is behind, for metrics.
type Lag struct {
	MerchantID id.ID
	Consumer   string
	Events     int64
	Failures   int64
}

// Lags lists the consumers that are behind.
func (r *Runner) Lags(ctx context.Context) ([]Lag, error) {
	rows, err := r.log.DB.Query(ctx, selectLag)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Lag
	for rows.Next() {
		var l Lag
		if err := rows.Scan(&l.MerchantID, &l.Consumer, &l.Events, &l.Failures); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
