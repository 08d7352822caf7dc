package job

import (
	"context"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Periodic registers a kind that runs for every merchant again and again, each
// time the interval after it ended. It has no payload, is not shown, and acts
// for the product itself.
func (q *Queue) Periodic(kind string, every time.Duration, run func(ctx context.Context, r *Run) error) {
	q.Register(kind, Handler{Run: run})
	q.mu.Lock()
	q.periodic[kind] = every
	q.mu.Unlock()
}

func (q *Queue) every(kind string) time.Duration {
	q.mu.RLock()
	defer q.mu.RUnlock()
	return q.periodic[kind]
}

// EnsurePeriodicTx gives a merchant its periodic jobs. It is called when the
// merchant is created and for every merchant at start: new versions bring new kinds.
func (q *Queue) EnsurePeriodicTx(ctx context.Context, tx *db.Tx, merchant id.ID) error {
	q.mu.RLock()
	kinds := make([]string, 0, len(q.periodic))
	for k := range q.periodic {
		kinds = append(kinds, k)
	}
	q.mu.RUnlock()
	ctx = actor.With(ctx, actor.ForSystem(merchant, "periodic"))
	for _, k := range kinds {
		if _, err := q.EnqueueTx(ctx, tx, Spec{Kind: k, Payload: struct{}{}, UniqueKey: "every:" + k}); err != nil {
			return err
		}
	}
	return nil
}

// TakeBack frees the jobs that a former life of this process left running, so
// that they go on at once instead of when their leases end.
func (q *Queue) TakeBack(ctx context.Context) error {
	all, err := q.merchants(ctx)
	if err != nil {
		return err
	}
	now := clock.Millis(q.clock)
	for _, m := range all {
		err := q.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.ExecN(ctx, reclaimMine, now, m, q.holder+":%")
			if err != nil || n == 0 {
				return err
			}
			return q.wakeTx(ctx, tx, m, now, now)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) merchants(ctx context.Context) ([]id.ID, error) {
	return db.Column[id.ID](ctx, q.db, selectAllDue)
}

// Depth counts a merchant's jobs that wait or run, for metrics.
func (q *Queue) Depth(ctx context.Context, merchant id.ID) (map[string]int64, error) {
	out := map[string]int64{}
	for row := range db.Each(ctx, q.db, countStates, merchant) {
		var state string
		var n int64
		if err := row.Scan(&state, &n); err != nil {
			return nil, err
		}
		out[state] = n
	}
	return out, nil
}

// Prune deletes the acting merchant's jobs that ended before cutoff (unix
// milliseconds), with their rows, a hundred at a time.
func (q *Queue) Prune(ctx context.Context, cutoff int64) error {
	m := actor.Merchant(ctx)
	for {
		var n int64
		err := q.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, pruneRows, m, m, id.First(cutoff), cutoff); err != nil {
				return err
			}
			var err error
			n, err = tx.ExecN(ctx, pruneJobs, m, m, id.First(cutoff), cutoff)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
