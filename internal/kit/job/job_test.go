package job_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func each(t *testing.T, f func(t *testing.T, k *kit.Kit, ctx context.Context)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		f(t, k, ctx)
	})
}

func enqueue(t *testing.T, k *kit.Kit, ctx context.Context, s job.Spec) (n id.ID) {
	t.Helper()
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = k.Jobs.EnqueueTx(ctx, tx, s)
		return err
	})
	return n
}

func drain(t *testing.T, k *kit.Kit, ctx context.Context) {
	t.Helper()
	if err := k.Jobs.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, k *kit.Kit, ctx context.Context, n id.ID) job.Job {
	t.Helper()
	j, err := k.Jobs.Get(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// counting advances one item per step up to the payload's number.
func counting(each func(n int) error) func(context.Context, *job.Run) error {
	return func(ctx context.Context, r *job.Run) error {
		var total int
		if err := r.Payload(&total); err != nil {
			return err
		}
		from, _ := strconv.Atoi(r.Checkpoint())
		for n := from + 1; n <= total; n++ {
			err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
				if err := each(n); err != nil {
					return job.Step{}, err
				}
				return job.Step{Checkpoint: strconv.Itoa(n), Done: 1, OK: 1}, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func TestAJobRunsWithTheRightsOfWhoeverAsked(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		var who actor.Actor
		k.Jobs.Register("test.look", job.Handler{Run: func(ctx context.Context, r *job.Run) (err error) {
			who, err = actor.From(ctx)
			return err
		}})
		n := enqueue(t, k, kittest.Within(kittest.As(ctx, "order.read"), "shop", 7), job.Spec{Kind: "test.look"})
		drain(t, k, t.Context())
		if who.MerchantID != kittest.Merchant || !who.Can("order.read") || who.Can("order.close") || who.InScope("shop", 8) || !who.InScope("shop", 7) {
			t.Fatalf("ran as %+v", who)
		}
		if j := get(t, k, ctx, n); j.State != job.Succeeded || j.FinishedAt == 0 {
			t.Fatalf("job ended as %+v", j)
		}
	})
}

func TestAJobGoesOnAtItsCheckpointAfterAnError(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		var seen []int
		broken := true
		k.Jobs.Register("test.count", job.Handler{Run: counting(func(n int) error {
			if n == 3 && broken {
				broken = false
				return errors.New("the cable was out")
			}
			seen = append(seen, n)
			return nil
		})})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.count", Payload: 5, Total: 5, Visible: true})
		drain(t, k, ctx)
		j := get(t, k, ctx, n)
		if j.State != job.Waiting || j.Done != 2 || j.ErrorCode != "job.internal" {
			t.Fatalf("after the error: %+v", j)
		}
		kittest.Clock(k).Advance(time.Minute)
		drain(t, k, ctx)
		j = get(t, k, ctx, n)
		if j.State != job.Succeeded || j.Done != 5 || j.OKCount != 5 || j.ErrorCode != "" {
			t.Fatalf("at the end: %+v", j)
		}
		if len(seen) != 5 {
			t.Fatalf("items done: %v, want each once", seen)
		}
	})
}

func TestAJobWithoutProgressFailsAfterItsAttempts(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		tries := 0
		k.Jobs.Register("test.broken", job.Handler{MaxAttempts: 3, Run: func(context.Context, *job.Run) error { tries++; return errors.New("no") }})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.broken"})
		for range 10 {
			drain(t, k, ctx)
			kittest.Clock(k).Advance(time.Hour)
		}
		if j := get(t, k, ctx, n); j.State != job.Failed || tries != 3 || !j.Retryable {
			t.Fatalf("%d tries, job %+v", tries, j)
		}
		if _, err := k.Jobs.RetryFailed(ctx, n); err != nil {
			t.Fatal(err)
		}
		drain(t, k, ctx)
		if tries != 4 {
			t.Fatalf("%d tries after the retry, want 4", tries)
		}
	})
}

func TestAnErrorOfTheUserIsNotTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		k.Jobs.Register("test.wrong", job.Handler{Run: func(context.Context, *job.Run) error { return job.ErrFinished.With("why", "shut") }})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.wrong"})
		drain(t, k, ctx)
		if j := get(t, k, ctx, n); j.State != job.Failed || j.ErrorCode != "job.finished" || j.ErrorParams["why"] != "shut" {
			t.Fatalf("job ended as %+v", j)
		}
	})
}

func TestAPanicIsAnErrorOfItsJobOnly(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		k.Jobs.Register("test.panic", job.Handler{MaxAttempts: 1, Run: func(context.Context, *job.Run) error { panic("boom") }})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.panic"})
		drain(t, k, ctx)
		if j := get(t, k, ctx, n); j.State != job.Failed || j.ErrorCode != "job.internal" {
			t.Fatalf("job ended as %+v", j)
		}
	})
}

func TestAUniqueKeyHoldsUntilTheJobEnds(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		k.Jobs.Register("test.count", job.Handler{Run: counting(func(int) error { return nil })})
		a := enqueue(t, k, ctx, job.Spec{Kind: "test.count", Payload: 1, UniqueKey: "import/5"})
		if b := enqueue(t, k, ctx, job.Spec{Kind: "test.count", Payload: 1, UniqueKey: "import/5"}); b != a {
			t.Fatalf("second job %d while %d waits", b, a)
		}
		drain(t, k, ctx)
		if b := enqueue(t, k, ctx, job.Spec{Kind: "test.count", Payload: 1, UniqueKey: "import/5"}); b == a {
			t.Fatal("the key outlived its job")
		}
	})
}

func TestACoalescedWishDuringTheRunGetsARunOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		runs := 0
		spec := job.Spec{Kind: "test.fold", UniqueKey: "fold", Coalesce: true, GroupKey: "fold"}
		k.Jobs.Register("test.fold", job.Handler{Run: func(ctx context.Context, r *job.Run) error {
			runs++
			if runs == 1 {
				enqueue(t, k, ctx, spec)
				enqueue(t, k, ctx, spec)
			}
			return nil
		}})
		enqueue(t, k, ctx, spec)
		drain(t, k, ctx)
		if runs != 2 {
			t.Fatalf("%d runs, want 2", runs)
		}
	})
}

func TestRowsTellWhatBecameOfEachItem(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		bad := errs.As(job.ErrNotFound.With("ref", "A-2").At("lines[0]"))
		k.Jobs.Register("test.rows", job.Handler{
			Run: func(ctx context.Context, r *job.Run) error {
				return r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
					code, params, field := job.RowError(bad)
					return job.Step{Done: 3, OK: 1, Failed: 1, Skipped: 1, Result: map[string]int{"created": 1}, Rows: []job.Row{
						{No: 1, Ref: "A-1", Result: job.OK, ObjectID: 11},
						{No: 2, Ref: "A-2", Result: job.Bad, Code: code, Params: params, Field: field},
						{No: 3, Ref: "A-3", Result: job.Skipped},
					}}, nil
				})
			},
			Retry: func(_ context.Context, _ *db.Tx, _ job.Job, nos []int64) (any, error) { return nos, nil },
		})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.rows", Visible: true})
		drain(t, k, ctx)
		rows, next, err := k.Jobs.Rows(ctx, n, "", "", 2)
		if err != nil || len(rows) != 2 || next == "" {
			t.Fatalf("first page %v %q %v", rows, next, err)
		}
		rest, next, err := k.Jobs.Rows(ctx, n, "", next, 2)
		if err != nil || len(rest) != 1 || next != "" || rest[0].No != 3 {
			t.Fatalf("second page %v %q %v", rest, next, err)
		}
		failed, _, err := k.Jobs.Rows(ctx, n, job.Bad, "", 0)
		if err != nil || len(failed) != 1 || failed[0].Code != "job.not_found" || failed[0].Params["ref"] != "A-2" || failed[0].Field != "lines[0]" {
			t.Fatalf("failed rows %+v %v", failed, err)
		}
		j, err := k.Jobs.RetryFailed(ctx, n)
		if err != nil || j.ID == n || string(j.Payload) != "[2]" || j.Total != 1 {
			t.Fatalf("retry %+v %v", j, err)
		}
		all, _, err := k.Jobs.List(ctx, job.ListInput{})
		if err != nil || len(all) != 2 || all[0].ID != j.ID {
			t.Fatalf("list %+v %v", all, err)
		}
	})
}

func TestACancelledJobKeepsWhatItCommitted(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		var n id.ID
		k.Jobs.Register("test.count", job.Handler{Run: counting(func(i int) error { return nil })})
		k.Jobs.Register("test.stopped", job.Handler{Run: func(ctx context.Context, r *job.Run) error {
			step := func(context.Context, *db.Tx) (job.Step, error) { return job.Step{Done: 1}, nil }
			if err := r.Advance(ctx, step); err != nil {
				return err
			}
			if _, err := k.Jobs.Cancel(ctx, n); err != nil {
				return err
			}
			_ = r.Advance(ctx, step) // learns of it
			if !r.Cancelled() {
				t.Error("the run does not know that it is cancelled")
			}
			return r.Advance(ctx, step)
		}})
		n = enqueue(t, k, ctx, job.Spec{Kind: "test.stopped"})
		drain(t, k, ctx)
		if j := get(t, k, ctx, n); j.State != job.Cancelled || j.Done != 2 {
			t.Fatalf("job ended as %+v", j)
		}
		if _, err := k.Jobs.Cancel(ctx, n); !errors.Is(err, job.ErrFinished) {
			t.Fatalf("cancelling it again: %v", err)
		}
		waiting := enqueue(t, k, ctx, job.Spec{Kind: "test.count", Payload: 1})
		if j, err := k.Jobs.Cancel(ctx, waiting); err != nil || j.State != job.Cancelled {
			t.Fatalf("cancelling a waiting job: %+v %v", j, err)
		}
	})
}

func TestAWorkerThatLostItsLeaseCommitsNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		// The other worker lives a minute later: the first one was stopped meanwhile,
		// its heart too, which a clock moved for both would let beat once more.
		later := clock.NewFake(k.Clock.Now().Add(time.Minute))
		other := job.NewQueue(k.DB, k.IDs, later, k.Log, "other")
		runs := 0
		run := func(ctx context.Context, r *job.Run) error {
			runs++
			if runs == 1 {
				if err := other.Drain(ctx); err != nil {
					t.Error(err)
				}
			}
			return r.Advance(ctx, func(context.Context, *db.Tx) (job.Step, error) { return job.Step{Done: 1, OK: 1}, nil })
		}
		k.Jobs.Register("test.slow", job.Handler{Run: run})
		other.Register("test.slow", job.Handler{Run: run})
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.slow"})
		drain(t, k, ctx)
		if j := get(t, k, ctx, n); j.State != job.Succeeded || j.Done != 1 || runs != 2 {
			t.Fatalf("%d runs, job %+v", runs, j)
		}
	})
}

func TestPeriodicJobsComeBackForEveryMerchant(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		runs := map[id.ID]int{}
		k.Jobs.Periodic("test.tick", time.Hour, func(ctx context.Context, _ *job.Run) error {
			runs[actor.Merchant(ctx)]++
			return nil
		})
		kittest.NewMerchant(t, k, 2)
		for range 2 { // the second time changes nothing
			kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
				return errors.Join(k.Jobs.EnsurePeriodicTx(ctx, tx, 1), k.Jobs.EnsurePeriodicTx(ctx, tx, 2))
			})
		}
		drain(t, k, ctx)
		drain(t, k, ctx)
		kittest.Clock(k).Advance(61 * time.Minute)
		drain(t, k, ctx)
		if runs[1] != 2 || runs[2] != 2 {
			t.Fatalf("runs per merchant: %v, want 2 each", runs)
		}
	})
}

func TestJobsOfAnotherMerchantLookAbsent(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		n := enqueue(t, k, ctx, job.Spec{Kind: "test.any"})
		stranger := actor.With(ctx, kittest.Owner(2))
		if _, err := k.Jobs.Get(stranger, n); !errors.Is(err, job.ErrNotFound) {
			t.Fatalf("get: %v", err)
		}
		if _, err := k.Jobs.Cancel(stranger, n); !errors.Is(err, job.ErrNotFound) {
			t.Fatalf("cancel: %v", err)
		}
		if _, _, err := k.Jobs.Rows(stranger, n, "", "", 0); !errors.Is(err, job.ErrNotFound) {
			t.Fatalf("rows: %v", err)
		}
	})
}

func TestWorkersRunJobsOfOneGroupOneAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		q := job.NewQueue(d, k.IDs, clock.System{}, k.Log, "live")
		busy, ended := make(chan struct{}, 1), make(chan struct{}, 100)
		q.Register("test.alone", job.Handler{Run: func(ctx context.Context, r *job.Run) error {
			select {
			case busy <- struct{}{}:
			default:
				t.Error("two jobs of one group at once")
			}
			time.Sleep(2 * time.Millisecond)
			<-busy
			return nil
		}})
		q.OnFinish(func(context.Context, string, string, time.Duration) { ended <- struct{}{} })
		live, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { q.Work(live); close(done) }()
		for range 12 {
			err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := q.EnqueueTx(ctx, tx, job.Spec{Kind: "test.alone", GroupKey: "shop/1"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 12 {
			select {
			case <-ended:
			case <-time.After(60 * time.Second):
				t.Fatal("jobs stand still")
			}
		}
		stop()
		<-done
	})
}
