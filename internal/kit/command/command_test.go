package command_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

type done struct{}

func (done) EventName() string { return "test.done" }

type input struct{ Name string }

type answer struct {
	ID   id.ID
	Name string
}

// do is a command with a visible effect: one event.
func do(ctx context.Context, k *kit.Kit, name string) (answer, error) {
	return command.Run(ctx, k.Commands, &command.About{Action: "test.do", Object: "thing/1"}, input{name},
		func(ctx context.Context, tx *db.Tx) (answer, error) {
			n := k.IDs.New()
			return answer{n, name}, k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "thing", ID: 1}, done{})
		})
}

func effects(t *testing.T, k *kit.Kit, ctx context.Context) int {
	t.Helper()
	all, _, err := k.Events.List(ctx, k.DB, "thing", 1, "", 200)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestTheSameKeyAnswersTheSameAndDoesNothingTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		keyed := command.WithKey(ctx, "k1")
		first, err := do(keyed, k, "a")
		if err != nil {
			t.Fatal(err)
		}
		second, err := do(keyed, k, "a")
		if err != nil || second != first {
			t.Fatalf("%+v, then %+v (%v)", first, second, err)
		}
		if n := effects(t, k, ctx); n != 1 {
			t.Fatalf("done %d times", n)
		}
		if all := kittest.Audited(t); len(all) != 1 || all[0].Action != "test.do" || all[0].Actor.MerchantID != 1 {
			t.Fatalf("audited %+v", all)
		}
		if _, err := do(keyed, k, "b"); !errors.Is(err, command.ErrKeyReused) {
			t.Fatalf("other input under the same key: %v", err)
		}
		if _, err := do(ctx, k, "a"); err != nil || effects(t, k, ctx) != 2 {
			t.Fatalf("without a key it is a new command: %v", err)
		}
	})
}

func TestOneKeyFromManyClientsAtOnceTakesEffectOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		keyed := command.WithKey(ctx, "race")
		var wg sync.WaitGroup
		var mu sync.Mutex
		answers := map[answer]int{}
		for range 16 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				a, err := do(keyed, k, "a")
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				answers[a]++
				mu.Unlock()
			}()
		}
		wg.Wait()
		if n := effects(t, k, ctx); n != 1 || len(answers) != 1 {
			t.Fatalf("took effect %d times, answers %v", n, answers)
		}
	})
}

func TestAFailedCommandLeavesNeitherKeyNorAudit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		keyed := command.WithKey(ctx, "k1")
		boom := errors.New("boom")
		_, err := command.Run(keyed, k.Commands, &command.About{Action: "test.do"}, input{"a"}, func(ctx context.Context, tx *db.Tx) (answer, error) {
			return answer{}, errors.Join(k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "thing", ID: 1}, done{}), boom)
		})
		if !errors.Is(err, boom) || effects(t, k, ctx) != 0 || len(kittest.Audited(t)) != 0 {
			t.Fatalf("%v, %d effects, %v", err, effects(t, k, ctx), kittest.Audited(t))
		}
		if _, err := do(keyed, k, "other input now"); err != nil {
			t.Fatalf("the key is not free: %v", err)
		}
	})
}

func TestWithoutAuditNothingCommits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		broken := errors.New("the trail is gone")
		k.Commands.Record = func(context.Context, *db.Tx, ...command.Entry) error { return broken }
		if _, err := do(ctx, k, "a"); !errors.Is(err, broken) || effects(t, k, ctx) != 0 {
			t.Fatalf("%v, %d effects", err, effects(t, k, ctx))
		}
	})
}

func TestPartsOfARequestAreRecognisedOneByOne(t *testing.T) {
	d := dbtest.SQLite(t)
	k, ctx := kittest.New(t, d)
	keyed := command.WithKey(ctx, "bulk")
	for range 2 {
		for _, part := range []string{"1", "2", "3"} {
			if _, err := do(command.Part(keyed, part), k, "item "+part); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := effects(t, k, ctx); n != 3 {
		t.Fatalf("done %d times, want 3", n)
	}
}

func TestOldKeysArePruned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		old, fresh := command.WithKey(ctx, "old"), command.WithKey(ctx, "fresh")
		if _, err := do(old, k, "a"); err != nil {
			t.Fatal(err)
		}
		kittest.Clock(k).Advance(time.Hour)
		if _, err := do(fresh, k, "a"); err != nil {
			t.Fatal(err)
		}
		if err := k.Commands.Prune(ctx, k.Clock.Now().Add(-time.Minute).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		_, _ = do(old, k, "a")
		_, _ = do(fresh, k, "a")
		if n := effects(t, k, ctx); n != 3 {
			t.Fatalf("done %d times; the old key is forgotten, the fresh one is not", n)
		}
	})
}

func TestTheStoredAnswerIsSealed(t *testing.T) {
	d := dbtest.SQLite(t)
	k, ctx := kittest.New(t, d)
	if _, err := do(command.WithKey(ctx, "k"), k, "王小明 13800001234"); err != nil {
		t.Fatal(err)
	}
	var stored string
	if err := d.QueryRow(ctx, `SELECT answer FROM command_key WHERE merchant_id = 1`).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if len(stored) == 0 || strings.Contains(stored, "13800001234") {
		t.Fatalf("stored as %q", stored)
	}
}

func TestNobodyCommandsNothing(t *testing.T) {
	d := dbtest.SQLite(t)
	k, _ := kittest.New(t, d)
	if _, err := do(t.Context(), k, "a"); !errors.Is(err, actor.ErrNone) {
		t.Fatal(err)
	}
}
