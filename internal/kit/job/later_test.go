package job_test

import (
	"context"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func TestAJobThatWaitsRunsAgainWithoutUsingUpItsAttempts(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		runs := 0
		k.Jobs.Register("test.later", job.Handler{Run: func(ctx context.Context, r *job.Run) error {
			if runs++; runs < 9 {
				return job.Later(time.Second)
			}
			return r.Advance(ctx, func(context.Context, *db.Tx) (job.Step, error) { return job.Step{Done: 1, OK: 1}, nil })
		}})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.later"})
		for i := 1; i < 9; i++ {
			drain(t, k, ctx)
			if j := get(t, k, ctx, n); runs != i || j.State != job.Waiting || j.ErrorCode != "" {
				t.Fatalf("after %d runs, %d wanted: %+v", runs, i, j)
			}
			kittest.Clock(k).Advance(time.Second)
		}
		drain(t, k, ctx)
		if j := get(t, k, ctx, n); j.State != job.Succeeded || j.OKCount != 1 {
			t.Fatalf("%+v", j)
		}
	})
}
