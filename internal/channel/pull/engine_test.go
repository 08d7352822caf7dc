package pull_test

import (
	"context"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// world is a merchant whose shops are on test malls.
type world struct {
	*ordertest.World
	t         testing.TB
	ctx       context.Context
	door      *intake.Service
	access    *access.Service
	engine    *pull.Engine
	malls     map[string]*mall
	api       []func(*channel.API)
	all       []channel.Manifest
	hc        *httpx.Client
	casesTold map[string]aftersale.Told // by case number

	settings *setting.Service
}

func newWorld(t testing.TB, d *db.DB, change ...func(*channel.API)) *world {
	t.Helper()
	w, ctx := ordertest.New(t, d)
	out := &world{World: w, t: t, ctx: ctx, malls: map[string]*mall{}, api: change, casesTold: map[string]aftersale.Told{}}
	out.door = intake.New(w.Kit, w.Orders, w.Shops, w.Catalog)
	out.all = []channel.Manifest{manifest(shoptest.Channel, out.malls, change...)}
	hc, err := httpx.New(httpx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out.hc = hc
	out.settings = setting.New(w.Kit, pull.Settings()...)
	out.access = access.New(w.Kit, w.Shops, out.all, hc, kittest.Random())
	out.restart()
	return out
}

// restart is what the next life of the process begins with: nothing but the disk.
func (w *world) restart() {
	w.Kit.Jobs = freshJobs(w.Kit)
	w.engine = pull.New(w.Kit, w.access, w.Shops, w.Orders, w.door, nil, w.settings, "test", pull.CasesTo(func(_ context.Context, _ *db.Tx, _ id.ID, all []aftersale.Told) error {
		for _, c := range all {
			w.casesTold[c.No] = c
		}
		return nil
	}))
}

// fast is a tuning that fits a test's patience.
var fast = access.Tuning{PollMS: 1000, LagMS: 1000, OverlapMS: 10_000, ReconcileMS: 3600_000, RetryMS: []int64{1000, 2000, 4000}}

// join puts a shop on a mall of its own and gives it access; the shop is live from now.
func (w *world) join(name string, t access.Tuning, change ...func(*shop.CreateInput)) (shop.Shop, *mall) {
	w.t.Helper()
	m := newMall(w.Kit.Clock, int64(len(w.malls)+1))
	w.malls[name] = m
	live := func(in *shop.CreateInput) { in.LiveFrom = clock.Millis(w.Kit.Clock) }
	sh := shoptest.Add(w.t, w.ctx, w.Shops, name, append([]func(*shop.CreateInput){live}, change...)...)
	if _, err := w.access.Put(w.ctx, access.PutInput{ShopID: sh.ID, Credentials: map[string]string{"app": name, "secret": "s"}, Tuning: &t}); err != nil {
		w.t.Fatal(err)
	}
	return sh, m
}

// step does one round and returns when the next is due.
func (w *world) step(sh shop.Shop) int64 {
	w.t.Helper()
	next, err := w.engine.Step(w.ctx, kittest.Merchant, sh.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

// forward moves the clock by d and does every round that falls due meanwhile.
func (w *world) forward(d time.Duration, shops ...shop.Shop) {
	w.t.Helper()
	end := clock.Millis(w.Kit.Clock) + d.Milliseconds()
	due := map[id.ID]int64{}
	for {
		now := clock.Millis(w.Kit.Clock)
		next := end
		for _, sh := range shops {
			if due[sh.ID] <= now {
				due[sh.ID] = max(w.step(sh), now+1)
			}
			next = min(next, due[sh.ID])
		}
		if now >= end {
			return
		}
		kittest.Clock(w.Kit).Advance(time.Duration(max(1, next-now)) * time.Millisecond)
	}
}

// held returns what we hold of a shop, by number.
func (w *world) held(sh shop.Shop, m *mall) map[string]order.Order {
	w.t.Helper()
	m.mu.Lock()
	var nos []string
	for no := range m.orders {
		nos = append(nos, no)
	}
	m.mu.Unlock()
	out := map[string]order.Order{}
	for len(nos) > 0 {
		n := min(500, len(nos))
		found, err := w.Orders.FindByNoTx(w.ctx, w.Kit.DB, []id.ID{sh.ID}, nos[:n])
		if err != nil {
			w.t.Fatal(err)
		}
		nos = nos[n:]
		var ids []id.ID
		for no, all := range found {
			if len(all) != 1 {
				w.t.Errorf("%s stands %d times", no, len(all))
			}
			ids = append(ids, all...)
		}
		if len(ids) == 0 {
			continue
		}
		loaded, err := w.Orders.LoadTx(w.ctx, w.Kit.DB, ids)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, o := range loaded {
			out[o.ChannelOrderNo] = o
		}
	}
	return out
}

// same fails unless every order of the mall is held as it is; it returns how many
// are missing and how many are stale.
func (w *world) same(sh shop.Shop, m *mall) (lost, stale int) {
	w.t.Helper()
	held := w.held(sh, m)
	for no, o := range m.orders {
		h, ok := held[no]
		switch {
		case !ok:
			lost++
		case h.SellerNote != o.Note || string(h.ChannelStatusRaw) != o.Status:
			stale++
		}
	}
	if lost > 0 || stale > 0 {
		w.t.Errorf("%s: %d of %d lost, %d stale", sh.Name, lost, len(m.orders), stale)
	}
	return lost, stale
}

func TestAShopIsPulled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		sh, m := w.join("甲店", fast)
		if got, err := w.Shops.Get(w.ctx, sh.ID); err != nil || got.Mode != shop.ModeAPI {
			t.Fatalf("mode %q, %v", got.Mode, err)
		}
		w.step(sh)
		kittest.Clock(w.Kit).Advance(time.Second)
		for i := range 120 {
			m.place(number(i))
		}
		w.forward(5*time.Second, sh)
		w.same(sh, m)
		m.change(m.orders[number(7)])
		m.orders[number(8)].Status = "shipped"
		m.orders[number(8)].Waybill = "YT1234567890123"
		m.change(m.orders[number(8)])
		w.forward(5*time.Second, sh)
		w.same(sh, m)
		o := w.held(sh, m)[number(8)]
		if o.State != order.Shipped || o.WaybillNo != "YT1234567890123" {
			t.Errorf("shipped elsewhere: %v %q", o.State, o.WaybillNo)
		}
	})
}
