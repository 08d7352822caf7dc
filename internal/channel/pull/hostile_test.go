package pull_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/shop"
)

// storm is three shops under everything that goes wrong at once.
type storm struct {
	*world
	rnd    *rand.Rand
	shops  []shop.Shop
	malls  []*mall
	hooks  []string
	pushes []struct {
		shop int
		at   int64
		hint channel.Hint
	}
	next   map[id.ID]int64
	n      int
	deaths int
	killIn int // calls until the process dies; 0: it lives
	kill   context.CancelFunc
	pushed int64
}

func newStorm(t *testing.T, d *db.DB, cursors bool) *storm {
	s := &storm{world: newWorld(t, d, func(a *channel.API) { a.Limits.Cursor = cursors }), rnd: rand.New(rand.NewSource(7)), next: map[id.ID]int64{}}
	for i, name := range []string{"甲店", "乙店", "丙店"} {
		sh, m := s.join(name, fast)
		m.skew = []int64{7000, -3000, 0}[i]
		m.faulty, m.short, m.hide = 0.1, 0.05, 900
		m.cursors = cursors
		m.secret = i == 1  // lists tell no total
		m.numbers = i == 2 // lists tell numbers only
		m.called = func() {
			if s.killIn > 0 {
				if s.killIn--; s.killIn == 0 {
					s.kill()
				}
			}
		}
		m.mutate = func() {
			if len(m.orders) > 0 && m.rnd.Intn(4) == 0 {
				s.touch(i, m)
			}
		}
		v, err := s.access.Get(s.ctx, sh.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.shops, s.malls, s.hooks = append(s.shops, sh), append(s.malls, m), append(s.hooks, v.Hook)
	}
	return s
}

// touch changes any order of a mall; its lock is held.
func (s *storm) touch(i int, m *mall) {
	k := m.rnd.Intn(len(m.orders))
	for _, o := range m.orders { // the map's order is no part of the result: any will do
		if k--; k < 0 {
			m.change(o)
			s.tell(i, m, o)
			return
		}
	}
}

// tell pushes a change: now and then never, mostly thrice, late and in any order.
func (s *storm) tell(i int, m *mall, o *wireOrder) {
	if m.rnd.Intn(4) == 0 {
		return
	}
	for range 3 {
		s.pushes = append(s.pushes, struct {
			shop int
			at   int64
			hint channel.Hint
		}{i, m.now() + int64(m.rnd.Intn(8000)), channel.Hint{ID: o.No + "/" + itoa(o.Rev), Topic: "changed", OrderNo: o.No, At: m.now()}})
	}
}

func itoa(n int64) string { b, _ := json.Marshal(n); return string(b) }

// live lets the malls sell and change for a second.
func (s *storm) live() {
	for i, m := range s.malls {
		m.mu.Lock()
		for range 4 {
			o := m.placeAt(number(s.n), m.now())
			if s.n%1000 == 500 {
				o.Quantity = []any{"viele", 13}[s.n/1000%2]
			}
			s.n++
			s.tell(i, m, o)
		}
		s.touch(i, m)
		m.mu.Unlock()
	}
}

func (s *storm) deliver() {
	now := clock.Millis(s.Kit.Clock)
	kept := s.pushes[:0]
	for _, p := range s.pushes {
		if p.at > now+s.malls[p.shop].skew {
			kept = append(kept, p)
			continue
		}
		body, _ := json.Marshal([]channel.Hint{p.hint})
		h := httpx.Header{}
		h.Set("X-Sign", "good")
		if _, err := s.engine.Receive(s.t.Context(), s.hooks[p.shop], channel.Inbound{Header: h, Body: body, At: now}); err != nil {
			s.t.Fatal(err)
		}
		s.pushed++
		s.next[s.shops[p.shop].ID] = 0
	}
	s.pushes = kept
}

// pass does every round that is due, and dies now and then in the middle of one.
func (s *storm) pass(mortal bool) {
	for _, sh := range s.shops {
		if s.next[sh.ID] > clock.Millis(s.Kit.Clock) {
			continue
		}
		ctx, kill := context.WithCancel(s.ctx)
		s.kill, s.killIn = kill, 0
		if mortal && s.rnd.Intn(25) == 0 {
			s.killIn = 1 + s.rnd.Intn(12)
		}
		next, err := s.engine.Step(ctx, kittest.Merchant, sh.ID)
		dead := ctx.Err() != nil
		kill()
		switch {
		case dead:
			s.deaths++
			s.restart()
			clear(s.next)
		case err != nil && !errors.Is(err, context.Canceled):
			s.t.Fatal(err)
		default:
			s.next[sh.ID] = next
		}
	}
}

func (s *storm) second(mortal bool) {
	s.pass(mortal)
	kittest.Clock(s.Kit).Advance(time.Second)
}

func TestNothingIsLostInAStorm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStorm(t, d, false)
		s.blow(170)
		if s.deaths < 5 {
			t.Errorf("the process died %d times only", s.deaths)
		}
		s.verdict()
	})
}

func TestNothingIsLostBehindCursors(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStorm(t, d, true)
		s.n = 400 // a poisoned order comes early
		s.blow(60)
		s.verdict()
	})
}

// blow lets the storm rage for some seconds, with two outages, then the shops are
// quiet: what is late comes, and gaps are tried again.
func (s *storm) blow(seconds int) {
	s.second(false)
	for i := range seconds {
		s.live()
		s.deliver()
		// Two outages, of one shop and of all.
		for k, m := range s.malls {
			m.mu.Lock()
			m.deny = nil
			if i >= 20 && i < 50 && k == 1 || i >= 110 && i < 122 {
				m.deny = channel.Told(channel.ErrUnavailable, "503", "down")
			}
			m.mu.Unlock()
		}
		s.second(true)
	}
	for _, m := range s.malls {
		m.mutate = nil
	}
	for range 120 {
		s.deliver()
		s.second(false)
	}
}

// verdict compares both sides, and our own books with each other.
func (s *storm) verdict() {
	t, poisoned := s.t, 0
	from := clock.Millis(s.Kit.Clock) - 3600_000
	for i, sh := range s.shops {
		m := s.malls[i]
		held := s.held(sh, m)
		lost, stale, poison := 0, 0, 0
		for no, o := range m.orders {
			h, ok := held[no]
			switch {
			case o.Quantity != 1:
				poison++
			case !ok:
				lost++
			case h.SellerNote != o.Note:
				stale++
			}
		}
		poisoned += poison
		rows, _, err := s.door.ListOf(s.ctx, intake.ListInput{State: intake.StateQuarantined, Source: intake.SourceAPI, ShopID: sh.ID, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		if lost > 0 || stale > 0 || len(rows) != poison {
			t.Errorf("%s: of %d orders %d lost, %d stale, %d of %d poisoned ones quarantined", sh.Name, len(m.orders), lost, stale, len(rows), poison)
		}
		m.faulty, m.short = 0, 0
		if err := s.engine.Compare(s.ctx, sh.ID, from, clock.Millis(s.Kit.Clock)); err != nil {
			t.Fatal(err)
		}
		s.step(sh)
		runs, _, err := s.engine.Comparisons(s.ctx, sh.ID, "", 1)
		if err != nil || len(runs) != 1 || runs[0].State != pull.Equal || runs[0].Changed != 0 || runs[0].Theirs != int64(len(m.orders)) || runs[0].Quarantined != int64(poison) {
			t.Errorf("%s: comparison %+v, %v", sh.Name, runs, err)
		}
		hours, err := s.engine.Ledger(s.ctx, sh.ID, from, clock.Millis(s.Kit.Clock)+3600_000)
		if err != nil || len(hours) == 0 {
			t.Fatal(len(hours), err)
		}
		for _, h := range hours {
			if h.Theirs != h.Ours+h.Quarantined || h.Gaps {
				t.Errorf("%s: ledger %+v", sh.Name, h)
			}
		}
		x, err := s.engine.Get(s.ctx, sh.ID)
		if err != nil || x.OpenGaps != 0 || x.Waiting != 0 || x.Streams[0].BehindSince != 0 {
			t.Errorf("%s: health %+v, %v", sh.Name, x, err)
		}
		t.Logf("%s: %d orders, %d calls (%d lists, %d single)", sh.Name, len(m.orders), m.calls, m.lists, m.gets)
	}
	if poisoned == 0 || s.pushed == 0 {
		t.Errorf("%d poisoned orders, %d pushes: nothing was proved", poisoned, s.pushed)
	}
	found, err := s.Stock.Verify(s.ctx)
	if err != nil || len(found) > 0 {
		t.Errorf("stock: %v %v", found, err)
	}
	t.Logf("%d deaths, %d pushes", s.deaths, s.pushed)
}
