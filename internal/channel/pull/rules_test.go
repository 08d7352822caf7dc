package pull_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/run"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// one is a world with a shop that has done its first round.
func one(t *testing.T, d *db.DB, change ...func(*channel.API)) (*world, shop.Shop, *mall) {
	w := newWorld(t, d, change...)
	sh, m := w.join("甲店", fast)
	w.step(sh)
	kittest.Clock(w.Kit).Advance(time.Second)
	return w, sh, m
}

func (w *world) health(sh shop.Shop) pull.Health {
	w.t.Helper()
	h, err := w.engine.Get(w.ctx, sh.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func (w *world) orders(h pull.Health) pull.StreamState {
	for _, s := range h.Streams {
		if s.Name == pull.Orders {
			return s
		}
	}
	w.t.Fatal("no orders stream")
	return pull.StreamState{}
}

func (w *world) push(sh shop.Shop, hints ...channel.Hint) error {
	w.t.Helper()
	v, err := w.access.Get(w.ctx, sh.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	body, _ := json.Marshal(hints)
	h := httpx.Header{}
	h.Set("X-Sign", "good")
	_, err = w.engine.Receive(context.Background(), v.Hook, channel.Inbound{Header: h, Body: body})
	return err
}

// told lists the names of the events about synchronisation.
func (w *world) told() map[string]int {
	w.t.Helper()
	out := map[string]int{}
	w.Kit.Runner = event.NewRunner(w.Kit.Events, w.Kit.Log, "test")
	w.Kit.Runner.Add(event.Consumer{Name: "test.listen", Handle: func(_ context.Context, _ *db.Tx, all []event.Event) error {
		for _, e := range all {
			out[e.Name]++
		}
		return nil
	}})
	if err := w.Kit.Runner.Drain(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestAPoisonedWindowBecomesAGapAndTheRestGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		bad := m.now() + 20_000
		m.refuse = func(q channel.Query) error {
			if q.From <= bad && bad <= q.To && q.Stream == channel.ByModified {
				return channel.Told(channel.ErrUnavailable, "500", "internal")
			}
			return nil
		}
		for i := range 60 {
			m.place(number(i))
			w.forward(time.Second, sh)
		}
		w.forward(60*time.Second, sh)
		h := w.health(sh)
		if h.OpenGaps == 0 || w.orders(h).LagMS > 15_000 {
			t.Fatalf("%d gaps, %d ms behind: the stream did not go on", h.OpenGaps, w.orders(h).LagMS)
		}
		if lost := len(m.orders) - len(w.held(sh, m)); lost == 0 || lost > 40 {
			t.Errorf("%d of 60 orders wait for the gap", lost)
		}
		w.forward(16*time.Minute, sh)
		if n := w.told()["pull.gap_stays"]; n == 0 {
			t.Error("nobody was told of the gap")
		}
		m.refuse = nil
		w.forward(10*time.Second, sh)
		if h := w.health(sh); h.OpenGaps != 0 {
			t.Errorf("%d gaps stay open", h.OpenGaps)
		}
		w.same(sh, m)
		gaps, _, err := w.engine.Gaps(w.ctx, sh.ID, "", 10)
		if err != nil || len(gaps) == 0 || gaps[0].ClosedAt == 0 || gaps[0].Kind != pull.KindFailed {
			t.Errorf("gaps %+v, %v", gaps, err)
		}
	})
}

func TestATooFullWindowIsHalved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d, func(a *channel.API) { a.Limits.MaxPages = 2 })
		for i := range 400 {
			m.mu.Lock()
			m.placeAt(number(i), m.now()+int64(i)*250)
			m.mu.Unlock()
		}
		kittest.Clock(w.Kit).Advance(110 * time.Second)
		w.forward(5*time.Second, sh)
		w.same(sh, m)
		if h := w.health(sh); h.OpenGaps != 0 {
			t.Errorf("%d gaps", h.OpenGaps)
		}
	})
}

func TestABanIsObeyedAcrossARestart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		kittest.Clock(w.Kit).Advance(2 * time.Second)
		m.deny = channel.Throttled(90_000, "ban")
		m.place(number(1))
		next := w.step(sh)
		calls := m.calls
		if wait := next - clock.Millis(w.Kit.Clock); wait != 90_000 {
			t.Errorf("comes again in %d ms, not in 90000", wait)
		}
		m.deny = nil
		w.restart()
		w.forward(89*time.Second, sh)
		if m.calls != calls {
			t.Errorf("%d calls while banned", m.calls-calls)
		}
		if q := w.health(sh).Quota; q.BanCode != "ban" || q.BannedUntil == 0 {
			t.Errorf("quota %+v", q)
		}
		w.forward(5*time.Second, sh)
		w.same(sh, m)
	})
}

func TestADaysQuotaEndsAtMidnight(t *testing.T) {
	w, sh, m := one(t, dbtest.SQLite(t), func(a *channel.API) { a.Limits.Daily = 10 })
	w.forward(time.Minute, sh)
	if m.calls > 10 || w.health(sh).Quota.Calls != 10 {
		t.Fatalf("%d calls, %d counted, of 10", m.calls, w.health(sh).Quota.Calls)
	}
	kittest.Clock(w.Kit).Advance(12 * time.Hour) // it was noon
	w.forward(3*time.Second, sh)
	if m.calls <= 10 {
		t.Error("the next day brought no calls")
	}
}

// oauth gives the test channel tokens that only a renewal replaces.
func oauth(m func() *mall, renewed *int) func(*channel.API) {
	return func(a *channel.API) {
		a.OAuth = &channel.OAuth{
			Fetch: func(context.Context, channel.Access) (channel.Token, error) {
				*renewed++
				x := m()
				return channel.Token{Access: x.token, Refresh: "r", ExpiresAt: x.now() + 7200_000}, nil
			},
			Refresh: func(_ context.Context, acc channel.Access) (channel.Token, error) {
				*renewed++
				x := m()
				return channel.Token{Access: x.token, Refresh: "r", ExpiresAt: x.now() + 7200_000}, nil
			},
		}
	}
}

func TestATokenThatEndsInTheMiddleIsRenewedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var m *mall
		renewed := 0
		w := newWorld(t, d, oauth(func() *mall { return m }, &renewed))
		var sh shop.Shop
		sh, m = w.join("甲店", fast)
		w.step(sh)
		if renewed != 1 {
			t.Fatalf("fetched %d tokens", renewed)
		}
		m.place(number(1))
		m.token = "t2"
		m.numbers = true
		for i := range 20 {
			m.place(number(i + 2))
		}
		w.forward(5*time.Second, sh)
		w.same(sh, m)
		if renewed != 2 {
			t.Errorf("%d renewals for one end", renewed-1)
		}
		kittest.Clock(w.Kit).Advance(100 * time.Minute)
		if err := w.access.RenewDue(w.ctx); err != nil || renewed != 3 {
			t.Errorf("ahead of its end: %d renewals, %v", renewed, err)
		}
	})
}

func TestPushesAreHintsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		m.hide = 3600_000 // lists show nothing: only the push tells
		m.place(number(1))
		for i := range 3 {
			h := channel.Hint{ID: fmt.Sprintf("e%d", i), Topic: "created", OrderNo: number(1)}
			if err := errors.Join(w.push(sh, h), w.push(sh, h), w.push(sh, h)); err != nil {
				t.Fatal(err)
			}
		}
		gets := m.gets
		w.step(sh)
		if m.gets-gets != 1 {
			t.Errorf("%d look-ups for nine pushes of one order", m.gets-gets)
		}
		w.same(sh, m)
		v, _ := w.access.Get(w.ctx, sh.ID)
		h := httpx.Header{}
		h.Set("X-Sign", "forged")
		if _, err := w.engine.Receive(context.Background(), v.Hook, channel.Inbound{Header: h, Body: []byte(`[]`)}); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("a forged push: %v", err)
		}
		if _, err := w.engine.Receive(context.Background(), strings.Repeat("A", 32), channel.Inbound{Header: h}); !errors.Is(err, pull.ErrNoPush) {
			t.Errorf("a push to nowhere: %v", err)
		}
		// A number that the channel does not know is given up after some tries.
		if err := w.push(sh, channel.Hint{ID: "ghost", OrderNo: "404"}); err != nil {
			t.Fatal(err)
		}
		w.forward(time.Minute, sh)
		if n := w.health(sh).Waiting; n != 0 {
			t.Errorf("%d hints wait for ever", n)
		}
	})
}

func TestAFloodOfPushesDoesNotKeepTheListWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		w.forward(time.Minute, sh)
		m.busy = true
		for i := range 300 {
			if err := w.push(sh, channel.Hint{ID: fmt.Sprintf("e%d", i), OrderNo: number(1000 + i)}); err != nil {
				t.Fatal(err)
			}
		}
		m.place(number(1))
		w.forward(2*time.Minute, sh)
		if _, ok := w.held(sh, m)[number(1)]; !ok {
			t.Error("the list of orders never had its turn")
		}
		if n := w.health(sh).Waiting; n != 300 {
			t.Errorf("%d of 300 pushes wait, though none could be looked up", n)
		}
	})
}

func TestComparisonsFindWhatListsHide(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		calm := fast
		calm.PollMS = 30_000
		if _, err := w.access.Put(w.ctx, access.PutInput{ShopID: sh.ID, Tuning: &calm}); err != nil {
			t.Fatal(err)
		}
		m.refuse = func(q channel.Query) error {
			if q.Stream == channel.ByModified {
				m.hide = 3600_000 * 48
			} else {
				m.hide = 0
			}
			return nil
		}
		for i := range 30 {
			m.place(number(i))
		}
		w.forward(time.Minute, sh)
		if n := len(w.held(sh, m)); n != 0 {
			t.Fatalf("%d orders came through a list that hides them", n)
		}
		w.forward(time.Hour, sh)
		w.same(sh, m)
		runs, _, err := w.engine.Comparisons(w.ctx, sh.ID, "", 10)
		if err != nil || len(runs) != 1 || runs[0].State != pull.Different || runs[0].Missing != 30 || runs[0].Kind != pull.CompareHourly {
			t.Errorf("%+v, %v", runs, err)
		}
		if w.told()["pull.orders_found"] != 1 {
			t.Error("nobody was told")
		}
		w.forward(61*time.Minute, sh)
		runs, _, err = w.engine.Comparisons(w.ctx, sh.ID, "", 10)
		if err != nil || len(runs) != 2 || runs[0].State != pull.Equal || runs[0].Theirs != 30 || runs[0].Ours != 30 {
			t.Errorf("%+v, %v", runs, err)
		}
	})
}

func TestADayClosesAfterTwoEqualComparisons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		for i := range 5 {
			m.place(number(i))
		}
		slow := fast
		slow.PollMS, slow.ReconcileMS = 60_000, 24*3600_000
		if _, err := w.access.Put(w.ctx, access.PutInput{ShopID: sh.ID, Tuning: &slow}); err != nil {
			t.Fatal(err)
		}
		kittest.Clock(w.Kit).Advance(12 * time.Hour) // past midnight
		w.forward(15*time.Minute, sh)
		day := func() pull.Day {
			days, _, err := w.engine.Days(w.ctx, sh.ID, "", 5)
			if err != nil || len(days) != 1 {
				t.Fatalf("%+v, %v", days, err)
			}
			return days[0]
		}
		if got := day(); got.Day != 20261121 || got.State != pull.DayOpen || got.Theirs != 5 || got.Ours != 5 || got.EqualAt == 0 {
			t.Fatalf("after one comparison: %+v", got)
		}
		w.forward(20*time.Minute, sh)
		if got := day(); got.State != pull.DayOpen {
			t.Fatalf("closed after less than half an hour: %+v", got)
		}
		w.forward(15*time.Minute, sh)
		if got := day(); got.State != pull.DayIsClosed || got.Stage != 3 {
			t.Fatalf("after two equal comparisons: %+v", got)
		}
		// An order that shows up late opens the day again, and is brought in.
		m.mu.Lock()
		late := m.placeAt("late-1", m.now()-20*3600_000)
		late.Created = time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC).UnixMilli()
		m.mu.Unlock()
		kittest.Clock(w.Kit).Advance(48 * time.Hour)
		w.forward(15*time.Minute, sh)
		days, _, err := w.engine.Days(w.ctx, sh.ID, "", 5)
		if err != nil || len(days) != 3 || days[2].State != pull.DayOpen || days[2].Theirs != 6 || days[2].Ours != 6 {
			t.Fatalf("%+v, %v", days, err)
		}
		if n := w.told(); n["pull.day_reopened"] != 1 || n["pull.day_closed"] == 0 {
			t.Errorf("told %v", n)
		}
	})
}

func TestWhatSaysNothingNewWritesNothing(t *testing.T) {
	w, sh, m := one(t, dbtest.SQLite(t))
	for i := range 1000 {
		m.place(number(i))
	}
	w.forward(3*time.Second, sh)
	rows := func() (n int64) {
		for _, q := range []string{`SELECT COUNT(*) FROM intake_inbox`, `SELECT COUNT(*) FROM event_log`, `SELECT SUM(version) FROM order_head`} {
			var x int64
			if err := w.Kit.DB.QueryRow(w.ctx, q).Scan(&x); err != nil {
				t.Fatal(err)
			}
			n += x
		}
		return n
	}
	was := rows()
	w.restart() // no memory of bodies: everything is read, mapped and judged anew
	if err := w.engine.Compare(w.ctx, sh.ID, clock.Millis(w.Kit.Clock)-3600_000, clock.Millis(w.Kit.Clock)); err != nil {
		t.Fatal(err)
	}
	w.step(sh)
	if got := rows() - was; got != 0 {
		t.Errorf("a comparison of 1000 known orders left %d traces", got)
	}
	var bodies int
	if err := w.Kit.DB.QueryRow(w.ctx, `SELECT COUNT(*) FROM intake_inbox WHERE source = 'api' AND state = 'applied' AND body IS NOT NULL`).Scan(&bodies); err != nil || bodies != 1000 {
		t.Errorf("%d raw rows, %v", bodies, err)
	}
	kittest.Clock(w.Kit).Advance(31 * 24 * time.Hour)
	if err := w.engine.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Kit.DB.QueryRow(w.ctx, `SELECT COUNT(*) FROM intake_inbox WHERE source = 'api' AND body IS NOT NULL`).Scan(&bodies); err != nil || bodies != 0 {
		t.Errorf("%d bodies outlived their time, %v", bodies, err)
	}
}

func TestAPoisonedOrderIsReplayed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		m.place(number(1)).Quantity = 13
		m.place(number(2))
		w.forward(5*time.Second, sh)
		rows, _, err := w.door.ListOf(w.ctx, intake.ListInput{Source: intake.SourceAPI})
		if err != nil || len(rows) != 1 || rows[0].ChannelOrderNo != number(1) || rows[0].Attempts != 1 {
			t.Fatalf("%+v, %v", rows, err)
		}
		if _, err := w.engine.Replay(w.ctx, rows[0].ID); !errors.Is(err, pull.ErrUnread) {
			t.Errorf("replayed: %v", err)
		}
		raw, err := w.door.Body(w.ctx, rows[0].ID)
		if err != nil || !strings.Contains(string(raw), number(1)) {
			t.Errorf("body %q, %v", raw, err)
		}
		if _, err := w.door.Body(kittest.As(w.ctx, "intake.read", "intake.replay"), rows[0].ID); err == nil {
			t.Error("a body was shown without the right to it")
		}
		// The merchant corrects the order on the channel: it leaves the quarantine.
		o := m.orders[number(1)]
		o.Quantity = 2
		m.change(o)
		w.forward(5*time.Second, sh)
		w.same(sh, m)
		if rows, _, err := w.door.ListOf(w.ctx, intake.ListInput{}); err != nil || len(rows) != 0 {
			t.Errorf("%+v, %v", rows, err)
		}
	})
}

func TestShippedElsewhereDeductsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		sku := w.SKU(w.ctx, "TW-01", 10)
		ship := fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)
		w.Kit.Runner.Add(ship.Takeover())
		m.place(number(1))
		w.forward(3*time.Second, sh)
		m.mu.Lock()
		o := m.orders[number(1)]
		o.Status, o.Waybill = "shipped", "YT1234567890123"
		m.change(o)
		m.mu.Unlock()
		for range 3 {
			w.forward(3*time.Second, sh)
			if err := w.Kit.Runner.Drain(w.ctx); err != nil {
				t.Fatal(err)
			}
		}
		got := w.held(sh, m)[number(1)]
		if got.State != order.Shipped || got.WaybillNo != "YT1234567890123" || got.Lines[0].Shipped != 1 {
			t.Errorf("%+v", got)
		}
		parcels, _, err := ship.Parcels(w.ctx, fulfillment.ParcelFilter{OrderID: got.ID})
		if err != nil || len(parcels) != 1 || parcels[0].WaybillNo != "YT1234567890123" || parcels[0].Kind != fulfillment.KindElsewhere {
			t.Errorf("parcels %+v, %v", parcels, err)
		}
		if found, err := w.Stock.Verify(w.ctx); err != nil || len(found) > 0 {
			t.Errorf("%v %v", found, err)
		}
		if on := w.onHand(sku); on != 9 {
			t.Errorf("%d on hand, not 9", on)
		}
	})
}

func (w *world) onHand(sku id.ID) (n int64) {
	w.t.Helper()
	if err := w.Kit.DB.QueryRow(w.ctx, `SELECT SUM(on_hand) FROM inventory_balance WHERE merchant_id = 1 AND sku_id = ?`, sku).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestARefundReachesTheOrderThroughItsCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		m.place(number(1))
		w.forward(3*time.Second, sh)
		m.mu.Lock()
		m.orders[number(1)].Refund = "in_progress" // the order's own modified time stays
		m.cases["AS1"] = &wireCase{No: "AS1", Order: number(1), State: "requested", Modified: m.now()}
		m.mu.Unlock()
		w.forward(5*time.Second, sh)
		if got := w.held(sh, m)[number(1)]; got.RefundState != order.RefundInProgress {
			t.Errorf("refund %q", got.RefundState)
		}
		if c := w.casesTold["AS1"]; c.State != aftersale.Requested || c.OrderNo != number(1) || c.Refund != 1990 {
			t.Errorf("what those who keep cases heard: %+v", c)
		}
		facts, err := w.engine.Facts(w.ctx, sh.ID, "AS1")
		if err != nil || facts.OrderNo != number(1) {
			t.Errorf("%+v, %v", facts, err)
		}
	})
}

func TestOlderOpenOrdersComeAsFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		sh, m := w.join("甲店", fast)
		now := m.now()
		for i, status := range []string{"paid", "done", "paid"} {
			m.placeAt(number(i), now-int64(i+1)*24*3600_000).Status = status
		}
		w.forward(10*time.Second, sh)
		held := w.held(sh, m)
		if len(held) != 2 || !held[number(0)].History || !held[number(2)].History {
			t.Errorf("%d held: %+v", len(held), held)
		}
		if w.health(sh).OpenGaps != 0 {
			t.Error("the backfill is not done")
		}
	})
}

func TestOneProcessRunsAShop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		other := *w
		other.Kit.Jobs = freshJobs(w.Kit)
		other.engine = pull.New(w.Kit, w.access, w.Shops, w.Orders, w.door, nil, w.settings, "another")
		calls := m.calls
		other.forward(20*time.Second, sh)
		if m.calls != calls {
			t.Errorf("another process made %d calls beside us", m.calls-calls)
		}
		w.engine.Release(w.ctx)
		other.forward(40*time.Second, sh)
		if m.calls == calls {
			t.Error("a lease that was given back is not taken")
		}
	})
}

// TestADeadShopDelaysNobody runs the real loops: eight shops whose channel never
// answers, beside one whose orders come one after the other while they all hang.
func TestADeadShopDelaysNobody(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.Kit.Clock = clock.System{}
	w.restart()
	hang, stop := context.WithCancel(t.Context())
	defer stop()
	const dead = 8
	hung := make(chan struct{}, dead)
	for i := range dead {
		_, m := w.join(fmt.Sprintf("死店%d", i), fast)
		var once sync.Once
		m.called = func() {
			m.mu.Unlock()
			once.Do(func() { hung <- struct{}{} })
			<-hang.Done()
			m.mu.Lock()
		}
	}
	sh, m := w.join("甲店", fast)
	g := run.NewGroup(w.ctx, w.Kit.Log)
	g.Start("sync", func(ctx context.Context) error {
		return w.engine.Work(ctx, g, func(context.Context) ([]id.ID, error) { return []id.ID{kittest.Merchant}, nil })
	})
	for range dead {
		select {
		case <-hung:
		case <-time.After(time.Minute):
			t.Fatal("a dead shop is not even asked")
		}
	}
	for i := range 3 {
		m.place(number(i))
		for end := time.Now().Add(time.Minute); len(w.held(sh, m)) <= i; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("order %d does not come in a minute beside shops that hang", i)
			}
		}
	}
	stop()
	g.Stop()
	if err := g.Wait(time.Minute); err != nil {
		t.Fatal(err)
	}
}

func TestAccessIsLostOnceAndFoundOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		w.forward(3*time.Second, sh)
		m.deny = channel.ErrSignature.With("channel_code", "25")
		w.forward(40*time.Second, sh)
		v, err := w.access.Get(w.ctx, sh.ID)
		if err != nil || v.State != access.Refused || v.ErrorCode != channel.ErrSignature.Code {
			t.Errorf("%+v, %v", v, err)
		}
		calls := m.calls
		w.forward(20*time.Minute, sh)
		if n := m.calls - calls; n > 40 {
			t.Errorf("%d calls in twenty minutes that the channel refuses", n)
		}
		m.deny = nil
		m.place(number(1))
		w.forward(90*time.Second, sh)
		w.same(sh, m)
		// Two streams fell behind: orders and cases.
		if n := w.told(); n["access.lost"] != 1 || n["access.restored"] != 1 || n["pull.behind"] != 2 || n["pull.caught_up"] != 2 {
			t.Errorf("told %v", n)
		}
	})
}

func TestAnOutageCostsFewCalls(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		for i := range 300 {
			m.place(number(i))
			if err := w.push(sh, channel.Hint{ID: number(i), OrderNo: number(i)}); err != nil {
				t.Fatal(err)
			}
		}
		m.deny = channel.Told(channel.ErrUnavailable, "503", "down")
		calls := m.calls
		w.step(sh)
		if n := m.calls - calls; n > 150 {
			t.Errorf("%d calls to a channel that is down", n)
		}
		m.deny = nil
		w.forward(30*time.Second, sh)
		w.same(sh, m)
		if n := w.health(sh).Waiting; n != 0 {
			t.Errorf("%d hints wait", n)
		}
	})
}

func TestFiguresTellWhatAnOperatorWatches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		m.place(number(1))
		m.place(number(2)).Quantity = "three" // cannot be read
		w.forward(5*time.Second, sh)
		m.deny = channel.Throttled(60_000, "ban")
		kittest.Clock(w.Kit).Advance(2 * time.Second)
		w.step(sh)
		if err := w.push(sh, channel.Hint{ID: "e1", Topic: "trade", OrderNo: number(1)}); err != nil {
			t.Fatal(err)
		}
		kittest.Clock(w.Kit).Advance(28 * time.Second)
		all, err := w.engine.Figures(w.ctx)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		f := all[0]
		if f.Shop.ID != sh.ID || f.Quarantined != 1 || f.Hints != 1 || f.Gaps != 0 || f.LagMS[pull.Orders] < 28_000 || f.LagMS[pull.Orders] > 60_000 {
			t.Errorf("%+v", f)
		}
		n := map[string]int64{}
		for _, c := range w.engine.Calls() {
			if c.Channel != sh.Channel {
				t.Errorf("%+v", c)
			}
			n[c.Outcome] += c.Number
		}
		if n["throttled"] != 1 || n["ok"] == 0 || n["ok"]+n["throttled"] != m.calls || len(n) != 2 {
			t.Errorf("%v of %d calls", n, m.calls)
		}
	})
}

func TestABeginningMovedBackIsReadAsAGap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		slow := fast
		slow.PollMS = 900_000
		sh, m := w.join("甲店", slow)
		old := m.now() - (50 * time.Hour).Milliseconds()
		m.placeAt(number(1), old).Status = "done"
		m.placeAt(number(2), old+1000)
		m.placeAt(number(3), old-time.Hour.Milliseconds()).Status = "done" // before the new beginning too
		w.forward(20*time.Minute, sh)
		if held := w.held(sh, m); len(held) != 1 || !held[number(2)].History {
			t.Fatalf("%d orders from before live_from, work: %v", len(held), !held[number(2)].History)
		}
		before := w.orders(w.health(sh))
		move := func(at int64) {
			t.Helper()
			if _, err := w.Shops.Update(w.ctx, shop.UpdateInput{ShopID: sh.ID, LiveFrom: &at}); err != nil {
				t.Fatal(err)
			}
			kittest.Clock(w.Kit).Advance(time.Minute)
			w.forward(40*time.Minute, sh)
		}
		move(old - 60_000)
		after := w.orders(w.health(sh))
		if after.StartedAt != old-60_000 || after.Watermark < before.Watermark {
			t.Errorf("begun at %d, watermark from %d to %d", after.StartedAt, before.Watermark, after.Watermark)
		}
		held := w.held(sh, m)
		if _, ok := held[number(1)]; !ok || len(held) != 2 || !held[number(2)].History {
			t.Errorf("%d orders; what we held stays what it is: %v", len(held), held[number(2)].History)
		}
		gaps, _, err := w.engine.Gaps(w.ctx, sh.ID, "", 20)
		if err != nil {
			t.Fatal(err)
		}
		earlier := 0
		for _, g := range gaps {
			if g.ClosedAt == 0 {
				t.Errorf("open: %+v", g)
			}
			if g.Kind == pull.KindEarlier {
				earlier++
			}
		}
		if earlier != 2 { // orders and after-sale cases
			t.Errorf("%d gaps for the earlier time", earlier)
		}
		days, _, err := w.engine.Days(w.ctx, sh.ID, "", 9)
		if err != nil || len(days) != 2 {
			t.Errorf("%d days, %v", len(days), err)
		}
		move(m.now())
		if again, _, _ := w.engine.Gaps(w.ctx, sh.ID, "", 20); len(again) != len(gaps) || len(w.held(sh, m)) != 2 {
			t.Error("moving it forward did something")
		}
		if found, err := w.engine.Verify(w.ctx); err != nil || len(found) > 0 {
			t.Error(found, err)
		}
	})
}
