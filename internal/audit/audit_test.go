package audit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/audit"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

type trail struct {
	*audit.Service
	k   *kit.Kit
	ctx context.Context
}

func each(t *testing.T, f func(t *testing.T, a trail)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := audit.New(k, "here", kittest.Random())
		k.Commands.Record = s.RecordTx
		f(t, trail{s, k, ctx})
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// act runs n commands.
func (a trail) act(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		about := &command.About{Action: "order.close", Object: fmt.Sprintf("order/%d", i%3), Detail: map[string]any{"fields": []string{"state"}}}
		_, err := command.Run(a.ctx, a.k.Commands, about, i, func(context.Context, *db.Tx) (int, error) { return i, nil })
		ok(t, err)
	}
}

func (a trail) seal(t *testing.T) int {
	t.Helper()
	n, err := a.Seal(a.ctx, kittest.Merchant)
	ok(t, err)
	return n
}

func (a trail) verify(t *testing.T, kept ...audit.Checkpoint) audit.Report {
	t.Helper()
	r, err := a.Verify(a.ctx, kittest.Merchant, kept)
	ok(t, err)
	return r
}

// tamper changes the table behind the product's back.
func (a trail) tamper(t *testing.T, q string, args ...any) {
	t.Helper()
	kittest.InTx(t, a.k, a.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, q, args...)
		return err
	})
}

func kinds(r audit.Report) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s@%d", f.Kind, f.Seq))
	}
	return strings.Join(out, " ")
}

func TestACommandLeavesAnEntryOrDoesNotHappen(t *testing.T) {
	each(t, func(t *testing.T, a trail) {
		a.act(t, 2)
		boom := errors.New("boom")
		_, err := command.Run(a.ctx, a.k.Commands, &command.About{Action: "order.close"}, 1, func(context.Context, *db.Tx) (int, error) { return 0, boom })
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		list, err := a.List(a.ctx, audit.Filter{}, 0, 50)
		ok(t, err)
		if len(list) != 2 || list[0].ActorName != "林一" || list[0].Detail != `{"fields":["state"]}` || list[0].Seq != 0 {
			t.Fatalf("listed %+v", list)
		}
		if n := a.seal(t); n != 2 {
			t.Fatalf("numbered %d", n)
		}
		list, err = a.List(a.ctx, audit.Filter{}, 0, 50)
		ok(t, err)
		if list[0].Seq != 2 || list[1].Seq != 1 || string(list[0].PrevHash) != string(list[1].Hash) {
			t.Fatalf("chained %+v", list)
		}
	})
}

func TestVerifyFindsWhatWasDone(t *testing.T) {
	for _, c := range []struct{ why, sql, want string }{
		{"nothing was done", "", ""},
		{"a detail was edited", `UPDATE audit_entry SET detail = '{}' WHERE seq = 4`, "edited@4"},
		{"another actor was named", `UPDATE audit_entry SET actor_id = 7 WHERE seq = 1`, "edited@1"},
		{"the time was moved", `UPDATE audit_entry SET at = at + 1 WHERE seq = 10`, "edited@10"},
		{"one was deleted", `DELETE FROM audit_entry WHERE seq = 5`, "missing@5"},
		{"two changed places", `UPDATE audit_entry SET object = CASE WHEN seq = 3 THEN 'order/0' ELSE 'order/2' END WHERE seq IN (3, 4)`, "edited@3 edited@4"},
		{"the tail was cut", `DELETE FROM audit_entry WHERE seq >= 9`, "tail_cut@10"},
		{"one was taken out of the chain", `UPDATE audit_entry SET seq = NULL WHERE seq = 6`, "missing@6"},
		{"a stored checkpoint was forged", `UPDATE audit_checkpoint SET at = at + 1`, "bad_checkpoint@10"},
		{"the chain's end was rewritten", `UPDATE audit_chain SET last_hash = prev FROM (SELECT prev_hash AS prev FROM audit_entry WHERE seq = 2) AS x`, "bad_checkpoint@10"},
	} {
		t.Run(c.why, func(t *testing.T) {
			each(t, func(t *testing.T, a trail) {
				a.act(t, 10)
				a.seal(t)
				if c.sql != "" {
					a.tamper(t, c.sql)
				}
				if got := kinds(a.verify(t)); got != c.want {
					t.Errorf("found %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestAKeptCheckpointProvesARewrittenTail(t *testing.T) {
	each(t, func(t *testing.T, a trail) {
		if _, err := a.Sign(a.ctx, kittest.Merchant); !errors.Is(err, audit.ErrNothing) {
			t.Fatal(err)
		}
		a.act(t, 10)
		kept, err := a.Sign(a.ctx, kittest.Merchant)
		ok(t, err)
		if kept.Seq != 10 || !kept.Valid() {
			t.Fatalf("signed %+v", kept)
		}
		a.tamper(t, `DELETE FROM audit_entry WHERE seq > 7`)
		a.tamper(t, `DELETE FROM audit_checkpoint WHERE seq > 7`)
		a.tamper(t, `UPDATE audit_chain SET last_seq = 7, last_hash = h FROM (SELECT hash AS h FROM audit_entry WHERE seq = 7) AS x`)
		if got := kinds(a.verify(t)); got != "" {
			t.Errorf("the rewritten chain is sound in itself, yet: %s", got)
		}
		if got := kinds(a.verify(t, kept)); got != "tail_cut@10" {
			t.Errorf("with the kept checkpoint: %s", got)
		}
		a.act(t, 5)
		a.seal(t)
		if got := kinds(a.verify(t, kept)); got != "bad_checkpoint@10" {
			t.Errorf("after new entries took the numbers: %s", got)
		}
		kept.Seq = 11
		if kept.Valid() {
			t.Error("a checkpoint with another number is valid")
		}
		if got := kinds(a.verify(t, kept)); got != "bad_checkpoint@11" {
			t.Errorf("a forged checkpoint: %s", got)
		}
	})
}

func TestTwoProcessesMakeOneChain(t *testing.T) {
	each(t, func(t *testing.T, a trail) {
		there := audit.New(a.k, "there", kittest.Random())
		stop := make(chan struct{})
		var sealers, writers sync.WaitGroup
		for _, s := range []*audit.Service{a.Service, there, a.Service} {
			sealers.Go(func() {
				for {
					if _, err := s.Seal(a.ctx, kittest.Merchant); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-stop:
						return
					case <-time.After(time.Millisecond):
					}
				}
			})
		}
		for range 8 {
			writers.Go(func() {
				for i := range 40 {
					if _, err := command.Run(a.ctx, a.k.Commands, &command.About{Action: "x.y"}, i, func(context.Context, *db.Tx) (int, error) { return 0, nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		sealers.Wait()
		kittest.Clock(a.k).Advance(10 * time.Second) // whoever held the lease has left
		a.seal(t)
		r := a.verify(t)
		if r.Entries != 320 || r.LastSeq != 320 || r.Unsealed != 0 || len(r.Findings) != 0 {
			t.Errorf("%+v", r)
		}
	})
}

func TestEntriesThatNobodyNumbersAreReported(t *testing.T) {
	each(t, func(t *testing.T, a trail) {
		a.act(t, 1)
		if r := a.verify(t); r.Unsealed != 1 || len(r.Findings) != 0 {
			t.Errorf("just written: %+v", r)
		}
		kittest.Clock(a.k).Advance(2 * time.Minute)
		if r := a.verify(t); kinds(r) != "unsealed@0" {
			t.Errorf("after two minutes: %+v", r)
		}
	})
}

func TestWorkNumbersWhatComes(t *testing.T) {
	each(t, func(t *testing.T, a trail) {
		a.act(t, 3)
		n, err := a.SealDue(a.ctx, nil)
		ok(t, err)
		if n != 3 {
			t.Errorf("numbered %d of the merchant that just acted", n)
		}
		fresh := audit.New(a.k, "here", kittest.Random()) // after a crash nothing is remembered
		a.act(t, 2)
		kittest.Clock(a.k).Advance(time.Minute)
		n, err = fresh.SealDue(a.ctx, ids(kittest.Merchant))
		ok(t, err)
		if n != 2 {
			t.Errorf("numbered %d after a restart", n)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, a trail) {
		a.act(t, 6) // order/0 … order/2, twice
		kittest.Clock(a.k).Advance(time.Hour)
		_, err := command.Run(a.ctx, a.k.Commands, &command.About{Action: "orders.odd"}, 1, func(context.Context, *db.Tx) (int, error) { return 0, nil })
		ok(t, err)
		hour := kittest.Noon.Add(time.Hour).UnixMilli()
		for _, c := range []struct {
			why  string
			f    audit.Filter
			want int
		}{
			{"all", audit.Filter{}, 7},
			{"one object", audit.Filter{Object: "order/1"}, 2},
			{"one action", audit.Filter{Action: "order.close"}, 6},
			{"one capability", audit.Filter{Action: "order."}, 6},
			{"one actor", audit.Filter{ActorID: 100}, 7},
			{"another actor", audit.Filter{ActorID: 101}, 0},
			{"from an instant", audit.Filter{FromAt: hour}, 1},
			{"until an instant", audit.Filter{ToAt: hour}, 6},
		} {
			got, err := a.List(a.ctx, c.f, 0, 50)
			ok(t, err)
			if len(got) != c.want {
				t.Errorf("%s: %d entries, want %d", c.why, len(got), c.want)
			}
		}
		if _, err := a.List(a.ctx, audit.Filter{Object: "order"}, 0, 50); !errors.Is(err, audit.ErrFilter) {
			t.Error(err)
		}
		page, err := a.List(a.ctx, audit.Filter{}, 0, 4)
		ok(t, err)
		rest, err := a.List(a.ctx, audit.Filter{}, page[3].ID, 4)
		ok(t, err)
		if len(rest) != 3 {
			t.Errorf("the second page has %d entries", len(rest))
		}
		rival := actor.With(t.Context(), kittest.Owner(2))
		none, err := a.List(rival, audit.Filter{}, 0, 50)
		ok(t, err)
		if len(none) != 0 {
			t.Error("another merchant reads our log")
		}
	})
}

// Whatever mixture of commands and numbering: the chain is whole, and one flipped
// field anywhere is found.
func TestAnySequenceMakesAChainThatShowsEdits(t *testing.T) {
	each(t, func(t *testing.T, a trail) {
		total := 0
		rapid.Check(t, func(r *rapid.T) {
			for _, step := range rapid.SliceOfN(rapid.IntRange(0, 3), 1, 6).Draw(r, "steps") {
				if step == 0 {
					a.seal(t)
					continue
				}
				a.act(t, step)
				total += step
			}
			a.seal(t)
			if rep := a.verify(t); rep.LastSeq != int64(total) || len(rep.Findings) != 0 {
				r.Fatalf("%d acts: %+v", total, rep)
			}
			if total == 0 {
				return
			}
			at := rapid.IntRange(1, total).Draw(r, "edited")
			column := rapid.SampledFrom([]string{"object", "action", "actor_name", "detail", "request_id", "ip"}).Draw(r, "column")
			var was string
			ok(t, a.k.DB.QueryRow(a.ctx, `SELECT `+column+` FROM audit_entry WHERE seq = ?`, at).Scan(&was))
			a.tamper(t, `UPDATE audit_entry SET `+column+` = ? WHERE seq = ?`, was+"x", at)
			if got := kinds(a.verify(t)); got != fmt.Sprintf("edited@%d", at) {
				r.Fatalf("edited %s of %d, found %q", column, at, got)
			}
			a.tamper(t, `UPDATE audit_entry SET `+column+` = ? WHERE seq = ?`, was, at)
		})
	})
}

func ids[T any](x ...T) []T { return slices.Clone(x) }
