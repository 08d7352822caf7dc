package event_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

type moved struct {
	N int `json:"n"`
}

func (moved) EventName() string { return "test.moved" }

type rested struct{}

func (rested) EventName() string { return "test.rested" }

func appendAll(t *testing.T, k *kit.Kit, ctx context.Context, of id.ID, payloads ...event.Payload) {
	t.Helper()
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, p := range payloads {
			if err := k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "thing", ID: of, Version: int64(i)}, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestConsumersSeeEveryEventOnceInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		var seqs []int64
		var who actor.Actor
		k.Runner.Add(event.Consumer{Name: "all", Handle: func(ctx context.Context, _ *db.Tx, es []event.Event) error {
			who, _ = actor.From(ctx)
			for _, e := range es {
				seqs = append(seqs, e.Seq)
			}
			return nil
		}})
		rests := 0
		k.Runner.Add(event.Consumer{Name: "rests", Names: []string{"test.rested"}, Handle: func(_ context.Context, _ *db.Tx, es []event.Event) error {
			rests += len(es)
			return nil
		}})
		for range 3 {
			many := make([]event.Payload, 500)
			for i := range many {
				many[i] = moved{i}
			}
			appendAll(t, k, ctx, 7, append(many, rested{})...)
			if err := k.Runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if len(seqs) != 1503 || !slices.IsSorted(seqs) || seqs[0] != 1 || seqs[1502] != 1503 || rests != 3 {
			t.Fatalf("%d events from %d, %d rests", len(seqs), seqs[0], rests)
		}
		if who.Kind != actor.System || who.MerchantID != kittest.Merchant {
			t.Fatalf("handled as %+v", who)
		}
	})
}

func TestAnEventOfAnUndoneTransactionNeverHappened(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		boom := errors.New("boom")
		err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "thing", ID: 1}, rested{}), boom)
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		k.Runner.Add(event.Consumer{Name: "all", Handle: func(context.Context, *db.Tx, []event.Event) error { t.Error("it happened"); return nil }})
		if err := k.Runner.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	})
}

func TestABadEventHoldsUpItsOwnConsumerOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		broken := true
		var picky, easy []int64
		k.Runner.Add(event.Consumer{Name: "picky", Handle: func(ctx context.Context, tx *db.Tx, es []event.Event) error {
			for _, e := range es {
				if e.Seq == 5 && broken {
					return errors.New("cannot take it")
				}
			}
			tx.AfterCommit(func() {
				for _, e := range es {
					picky = append(picky, e.Seq)
				}
			})
			return nil
		}})
		k.Runner.Add(event.Consumer{Name: "easy", Handle: func(_ context.Context, _ *db.Tx, es []event.Event) error {
			for _, e := range es {
				easy = append(easy, e.Seq)
			}
			return nil
		}})
		appendAll(t, k, ctx, 1, moved{1}, moved{2}, moved{3}, moved{4}, moved{5}, moved{6})
		for range 3 {
			_ = k.Runner.Drain(ctx)
			kittest.Clock(k).Advance(time.Minute)
		}
		if !slices.Equal(picky, []int64{1, 2, 3, 4}) || len(easy) != 6 {
			t.Fatalf("picky got to %v, easy to %v", picky, easy)
		}
		lags, err := k.Runner.Lags(ctx)
		if err != nil || len(lags) != 1 || lags[0].Consumer != "picky" || lags[0].Events != 2 || lags[0].Failures == 0 {
			t.Fatalf("lags %+v %v", lags, err)
		}
		broken = false
		kittest.Clock(k).Advance(time.Hour)
		if err := k.Runner.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(picky, []int64{1, 2, 3, 4, 5, 6}) {
			t.Fatalf("picky got to %v", picky)
		}
	})
}

func TestAConsumersWorkAndItsCheckpointCommitTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		fail := true
		k.Runner.Add(event.Consumer{Name: "chain", Names: []string{"test.moved"}, Handle: func(ctx context.Context, tx *db.Tx, es []event.Event) error {
			if err := k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "thing", ID: 9}, rested{}); err != nil {
				return err
			}
			if fail {
				return errors.New("after the work")
			}
			return nil
		}})
		appendAll(t, k, ctx, 1, moved{1})
		if err := k.Runner.Drain(ctx); err == nil {
			t.Fatal("the failure is not reported")
		}
		fail = false
		kittest.Clock(k).Advance(time.Hour)
		if err := k.Runner.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		got, _, err := k.Events.List(ctx, d, "thing", 9, "", 10)
		if err != nil || len(got) != 1 {
			t.Fatalf("the work was done %d times, want once (%v)", len(got), err)
		}
	})
}

func TestATimelineIsPagedAndBelongsToOneMerchant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		appendAll(t, k, ctx, 5, moved{1}, moved{2}, moved{3})
		appendAll(t, k, ctx, 6, rested{})
		first, next, err := k.Events.List(ctx, d, "thing", 5, "", 2)
		if err != nil || len(first) != 2 || string(first[0].Body) != `{"n":1}` || next == "" {
			t.Fatalf("%+v %q %v", first, next, err)
		}
		rest, next, err := k.Events.List(ctx, d, "thing", 5, next, 2)
		if err != nil || len(rest) != 1 || next != "" || string(rest[0].Body) != `{"n":3}` {
			t.Fatalf("%+v %q %v", rest, next, err)
		}
		if other, _, err := k.Events.List(actor.With(ctx, kittest.Owner(2)), d, "thing", 5, "", 2); err != nil || len(other) != 0 {
			t.Fatalf("another merchant sees %+v %v", other, err)
		}
	})
}

func TestWorkNumbersWithinASecondOfTheCommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		seen := make(chan int64, 10)
		log := &event.Log{DB: d, IDs: k.IDs, Clock: wall{}}
		r := event.NewRunner(log, k.Log, "live")
		r.Add(event.Consumer{Name: "all", Handle: func(_ context.Context, tx *db.Tx, es []event.Event) error {
			tx.AfterCommit(func() { seen <- es[0].Seq })
			return nil
		}})
		live, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { r.Work(live); close(done) }()
		k.Events = log
		appendAll(t, k, ctx, 1, rested{})
		select {
		case <-seen:
		case <-time.After(30 * time.Second):
			t.Error("nobody was told")
		}
		stop()
		<-done
	})
}

type wall struct{}

func (wall) Now() time.Time                         { return time.Now() }
func (wall) After(d time.Duration) <-chan time.Time { return time.After(d) }

func TestOneWriterNumbersInTheCommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect != db.SQLite {
			return // writers would wait for each other: the sequencer numbers
		}
		k, ctx := kittest.New(t, d)
		var told []string
		k.Runner.OnNumbered(func(_ id.ID, aggregates []string) { told = append(told, aggregates...) })
		appendAll(t, k, ctx, 5, moved{1}, moved{2})
		boom := errors.New("boom")
		if err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "thing", ID: 5}, rested{}), boom)
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		appendAll(t, k, ctx, 5, moved{3})
		got, _, err := k.Events.List(ctx, d, "thing", 5, "", 10)
		if err != nil || len(got) != 3 || got[0].Seq != 1 || got[1].Seq != 2 || got[2].Seq != 3 {
			t.Fatalf("%+v %v", got, err)
		}
		for range 2 {
			if err := k.Runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(told, []string{"thing"}) {
			t.Fatalf("observers were told %v", told)
		}
	})
}
