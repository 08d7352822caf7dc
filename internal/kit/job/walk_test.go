package job_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func TestPartsGoOnBehindTheLastOneThatWasCommitted(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		type span struct{ from, upto int }
		var done []span
		broken := true
		k.Jobs.Register("test.parts", job.Handler{Run: func(ctx context.Context, r *job.Run) error {
			return job.Parts(ctx, r, 7, 3, func(_ context.Context, _ *db.Tx, from, upto int) (step job.Step, err error) {
				if from == 3 && broken {
					broken = false
					return step, errors.New("the cable was out")
				}
				done = append(done, span{from, upto})
				for i := from; i < upto; i++ {
					step.Add(job.Row{No: int64(i + 1), Result: []string{job.OK, job.Bad, job.Skipped}[i%3]})
				}
				return step, nil
			})
		}, Retry: func(_ context.Context, _ *db.Tx, _ job.Job, failed []int64) (any, error) {
			return job.Picked([]int{10, 11, 12, 13, 14, 15, 16}, failed)
		}})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.parts", Total: 7, Visible: true})
		drain(t, k, ctx)
		if j := get(t, k, ctx, n); j.State != job.Waiting || j.Done != 3 || j.Checkpoint != "3" {
			t.Fatalf("after the error: %+v", j)
		}
		kittest.Clock(k).Advance(time.Minute)
		drain(t, k, ctx)
		j := get(t, k, ctx, n)
		if j.State != job.Succeeded || j.Done != 7 || j.OKCount != 3 || j.FailedCount != 2 || j.SkippedCount != 2 {
			t.Fatalf("at the end: %+v", j)
		}
		if want := []span{{0, 3}, {3, 6}, {6, 7}}; !slices.Equal(done, want) {
			t.Errorf("parts %v, want %v", done, want)
		}
		again, err := k.Jobs.RetryFailed(ctx, n)
		if err != nil || string(again.Payload) != "[11,14]" {
			t.Errorf("a retry of %s, %v", again.Payload, err)
		}
	})
}

func TestARowBeyondTheItemsIsDamage(t *testing.T) {
	for _, rows := range [][]int64{{0}, {3}, {1, -1}} {
		if _, err := job.Picked([]string{"a", "b"}, rows); err == nil {
			t.Errorf("rows %v of two", rows)
		}
	}
}
