package job

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// CancelTx stops a job: at once while it waits, at its next step while it runs.
// What it already committed stays.
//
// Errors: ErrNotFound, ErrFinished.
func (q *Queue) CancelTx(ctx context.Context, tx *db.Tx, job id.ID) (Job, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Job{}, err
	}
	if _, err := q.get(ctx, tx, a.MerchantID, job); err != nil {
		return Job{}, err
	}
	n, err := tx.ExecN(ctx, cancelNow, clock.Millis(q.clock), a.MerchantID, job)
	if err == nil && n == 0 {
		n, err = tx.ExecN(ctx, askCancel, a.MerchantID, job)
	}
	if err != nil {
		return Job{}, err
	}
	if n == 0 {
		return Job{}, ErrFinished
	}
	tx.AfterCommit(func() { q.changed(a.MerchantID, true) })
	return q.get(ctx, tx, a.MerchantID, job)
}

// Cancel is CancelTx in a transaction of its own.
func (q *Queue) Cancel(ctx context.Context, job id.ID) (out Job, err error) {
	err = q.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = q.CancelTx(ctx, tx, job)
		return err
	})
	return out, err
}

// RetryFailedTx goes on with a job that failed, from its checkpoint; of a job
// that ended with failed rows it makes a new job for just those rows, run with
// the rights of the person who asks now. It returns the job that runs.
//
// Errors: ErrNotFound, ErrNotRetryable.
func (q *Queue) RetryFailedTx(ctx context.Context, tx *db.Tx, job id.ID) (Job, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Job{}, err
	}
	j, err := q.get(ctx, tx, a.MerchantID, job)
	if err != nil {
		return Job{}, err
	}
	now := clock.Millis(q.clock)
	if j.State == Failed {
		if _, err := tx.ExecN(ctx, reviveFailed, now, a.MerchantID, job); err != nil {
			return Job{}, err
		}
		if err := q.wakeTx(ctx, tx, a.MerchantID, now, now); err != nil {
			return Job{}, err
		}
		return q.get(ctx, tx, a.MerchantID, job)
	}
	h, _ := q.handler(j.Kind)
	if !j.Retryable || h.Retry == nil {
		return Job{}, ErrNotRetryable
	}
	nos, err := q.rowNos(ctx, tx, selectFailedNos, a.MerchantID, job)
	if err != nil {
		return Job{}, err
	}
	if len(nos) == 0 {
		return Job{}, ErrNotRetryable
	}
	payload, err := h.Retry(ctx, tx, j, nos)
	if err != nil {
		return Job{}, err
	}
	fresh, err := q.EnqueueTx(ctx, tx, Spec{Kind: j.Kind, Payload: payload, Visible: j.Visible, Total: int64(len(nos)),
		UniqueKey: "retry:" + job.String()})
	if err != nil {
		return Job{}, err
	}
	return q.get(ctx, tx, a.MerchantID, fresh)
}

// RetryFailed is RetryFailedTx in a transaction of its own.
func (q *Queue) RetryFailed(ctx context.Context, job id.ID) (out Job, err error) {
	err = q.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = q.RetryFailedTx(ctx, tx, job)
		return err
	})
	return out, err
}

// UndoTx makes a job that takes back what an ended one did well, row by row through
// the use case that undoes one: what has moved on since is left and says why. Asked
// twice it answers with the same job. It runs with the rights of the person who asks.
//
// Errors: ErrNotFound, ErrNotUndoable.
func (q *Queue) UndoTx(ctx context.Context, tx *db.Tx, job id.ID) (Job, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Job{}, err
	}
	j, err := q.get(ctx, tx, a.MerchantID, job)
	if err != nil {
		return Job{}, err
	}
	if !j.Undoable {
		return Job{}, ErrNotUndoable
	}
	nos, err := q.rowNos(ctx, tx, selectNotOKNos, a.MerchantID, job)
	if err != nil {
		return Job{}, err
	}
	h, _ := q.handler(j.Kind)
	payload, total, err := h.Undo(ctx, tx, j, nos)
	if err != nil {
		return Job{}, err
	}
	if total == 0 {
		return Job{}, ErrNotUndoable
	}
	fresh, err := q.EnqueueTx(ctx, tx, Spec{Kind: j.Kind, Payload: payload, Visible: j.Visible, Total: total, UniqueKey: "undo:" + job.String()})
	if err != nil {
		return Job{}, err
	}
	return q.get(ctx, tx, a.MerchantID, fresh)
}

// Undo is UndoTx in a transaction of its own.
func (q *Queue) Undo(ctx context.Context, job id.ID) (out Job, err error) {
	err = q.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = q.UndoTx(ctx, tx, job)
		return err
	})
	return out, err
}

func (q *Queue) rowNos(ctx context.Context, tx *db.Tx, text string, m, job id.ID) ([]int64, error) {
	return db.Column[int64](ctx, tx, text, m, job)
}
