package job

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Backlog counts the jobs of a merchant that are not finished.
type Backlog struct {
	Due       int64 // wait for a worker
	Scheduled int64 // begin later: periodic ones, and tries after a failure
	Retrying  int64 // of the two above, those whose last try failed
	Running   int64
}

// Backlog is what the queue still has to do for a merchant.
func (q *Queue) Backlog(ctx context.Context, merchant id.ID) (b Backlog, err error) {
	now := clock.Millis(q.clock)
	err = q.db.QueryRow(ctx, countBacklog, now, now, merchant, merchant).Scan(&b.Due, &b.Scheduled, &b.Retrying, &b.Running)
	return b, err
}
