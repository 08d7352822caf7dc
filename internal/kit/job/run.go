package job

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
)

// Run is a job while a handler works on it. Only the handler's own goroutine
// may use it.
type Run struct {
	Job    Job
	q      *Queue
	lease  string
	actor  string
	cancel atomic.Bool
	lost   atomic.Bool
}

// Step is what one Advance adds to the job.
type Step struct {
	// Checkpoint is where the next run goes on after a crash; "" keeps the former one.
	Checkpoint string
	Done       int64 // items finished in this step
	OK         int64
	Failed     int64
	Skipped    int64
	Rows       []Row
	Total      *int64 // nil keeps the former one
	Result     any    // nil keeps the former one; marshalled to JSON
}

// Payload reads what the job was enqueued with.
func (r *Run) Payload(v any) error { return json.Unmarshal(r.Job.Payload, v) }

// Checkpoint is what the last committed step left, "" at the beginning.
func (r *Run) Checkpoint() string { return r.Job.Checkpoint }

// Cancelled reports whether somebody asked to stop, as of the last step or
// heartbeat. Advance refuses to begin another step by itself.
func (r *Run) Cancelled() bool { return r.cancel.Load() }

// Advance runs f and stores its step in one transaction, which either commits
// whole or leaves no trace. f may run twice (see db.InTx).
//
// Errors: ErrCancelled before f once the job is cancelled, ErrLost when another
// worker took over (nothing is committed), and whatever f returns.
func (r *Run) Advance(ctx context.Context, f func(context.Context, *db.Tx) (Step, error)) error {
	if r.lost.Load() {
		return ErrLost
	}
	if r.cancel.Load() {
		return ErrCancelled
	}
	next := r.Job
	var stop int64
	err := r.q.db.InBulkTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		step, err := f(ctx, tx)
		if err != nil {
			return err
		}
		next = r.Job
		if err := next.apply(step); err != nil {
			return err
		}
		if err := r.rowsTx(ctx, tx, step.Rows); err != nil {
			return err
		}
		n, err := tx.ExecN(ctx, advance, next.Checkpoint, step.Done, step.OK, step.Failed, step.Skipped, next.Total, string(next.Result),
			clock.Millis(r.q.clock)+leaseFor.Milliseconds(), r.Job.MerchantID, r.Job.ID, r.lease)
		if err != nil {
			return err
		}
		if n != 1 {
			return ErrLost
		}
		return tx.QueryRow(ctx, selectStop, r.Job.MerchantID, r.Job.ID, r.lease).Scan(&stop)
	})
	if err != nil {
		return err
	}
	r.Job = next
	r.q.changed(next.MerchantID, next.Visible)
	if stop == 1 {
		r.cancel.Store(true)
	}
	return nil
}

func (j *Job) apply(s Step) error {
	if s.Checkpoint != "" {
		j.Checkpoint = s.Checkpoint
	}
	if s.Total != nil {
		j.Total = *s.Total
	}
	if s.Result != nil {
		b, err := json.Marshal(s.Result)
		if err != nil {
			return err
		}
		j.Result = b
	}
	j.Done += s.Done
	j.OKCount += s.OK
	j.FailedCount += s.Failed
	j.SkippedCount += s.Skipped
	return nil
}

func (r *Run) rowsTx(ctx context.Context, tx *db.Tx, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	values := make([][]any, len(rows))
	for i, w := range rows {
		values[i] = []any{r.Job.MerchantID, r.Job.ID, w.No, w.Ref, w.ObjectID, w.Result, w.Code, paramsText(w.Params), w.Field}
	}
	_, err := tx.Insert(ctx, "job_row", rowColumns, values, rowConflict)
	return err
}
