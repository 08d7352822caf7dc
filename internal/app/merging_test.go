package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// fair is a channel that answers nothing but what it is asked about receivers.
type fair struct{ channel.Client }

func (fair) Test(context.Context) error { return nil }

// knowing is one that knows who receives its orders: those of one first letter.
type knowing struct {
	fair
	asked [][]channel.MergeOrder
	fails error
}

func (k *knowing) MergeGroups(_ context.Context, orders []channel.MergeOrder) ([][]string, error) {
	k.asked = append(k.asked, orders)
	if k.fails != nil {
		return nil, k.fails
	}
	by := map[byte][]string{}
	for _, o := range orders {
		by[o.OrderNo[0]] = append(by[o.OrderNo[0]], o.OrderNo)
	}
	return [][]string{by['A'], by['B']}, nil
}

func TestChannelsAreAskedWhoReceivesTheirOrdersInTheirTurn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.LiveFrom = 1 })
		var client channel.Client = &knowing{}
		all := []channel.Manifest{{Code: shoptest.Channel, Capabilities: []channel.Capability{channel.PullOrders, channel.MergesOrders}, API: &channel.API{BaseURL: "https://fair.example",
			Credentials: []channel.Credential{{Name: "app"}}, Limits: channel.Limits{ModifiedSpan: time.Hour.Milliseconds(), PageSize: 10},
			Open: func(channel.Access) (channel.Client, error) { return client, nil }}}}
		hc, err := httpx.New(httpx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		doors := access.New(w.Kit, w.Shops, all, hc, kittest.Random())
		sync := pull.New(w.Kit, doors, w.Shops, w.Orders, intake.New(w.Kit, w.Orders, w.Shops, w.Catalog), nil, setting.New(w.Kit, pull.Settings()...), "test")
		g := grouper(all, sync)

		if g.Can(w.Shop) {
			t.Error("a shop that is filled from files has nobody to ask")
		}
		if _, err := g.Groups(ctx, w.Shop.ID, []string{"A1"}); !errors.Is(err, channel.ErrUnsupported) {
			t.Errorf("without access: %v", err)
		}
		if _, err := doors.Put(ctx, access.PutInput{ShopID: w.Shop.ID, Credentials: map[string]string{"app": "a"}}); err != nil {
			t.Fatal(err)
		}
		online, err := w.Shops.Get(ctx, w.Shop.ID)
		if err != nil || !g.Can(online) {
			t.Errorf("a shop that is spoken to: %v %s", err, online.Mode)
		}
		if other := (shop.Shop{Channel: "nobody", Mode: shop.ModeAPI}); g.Can(other) {
			t.Error("a channel that nobody knows is asked")
		}
		all[0].Capabilities = all[0].Capabilities[:1]
		if g.Can(online) {
			t.Error("a channel that knows no receivers is asked")
		}

		groups, err := g.Groups(ctx, online.ID, []string{"A1", "B1", "A2"})
		if want := [][]string{{"A1", "A2"}, {"B1"}}; err != nil || !slices.EqualFunc(groups, want, slices.Equal[[]string]) {
			t.Errorf("%v %v", groups, err)
		}
		if k := client.(*knowing); len(k.asked) != 1 || fmt.Sprint(k.asked[0]) != fmt.Sprint([]channel.MergeOrder{{OrderNo: "A1"}, {OrderNo: "B1"}, {OrderNo: "A2"}}) {
			t.Errorf("asked %v", k.asked)
		}
		client = fair{}
		if _, err := g.Groups(ctx, online.ID, []string{"A1"}); !errors.Is(err, channel.ErrUnsupported) {
			t.Errorf("a client that cannot tell: %v", err)
		}
		// What it met counts for the whole app: a ban holds for whoever asks next.
		client = &knowing{fails: channel.Throttled(60_000, "7")}
		if _, err := g.Groups(ctx, online.ID, []string{"A1"}); !errors.Is(err, channel.ErrThrottled) {
			t.Errorf("banned: %v", err)
		}
		banned := &knowing{}
		client = banned
		if _, err := g.Groups(ctx, online.ID, []string{"A1"}); !errors.Is(err, channel.ErrThrottled) || len(banned.asked) != 0 {
			t.Errorf("asked during the ban: %v %v", err, banned.asked)
		}
		kittest.Clock(w.Kit).Advance(2 * time.Minute)
		if _, err := g.Groups(ctx, online.ID, []string{"A1"}); err != nil || len(banned.asked) != 1 {
			t.Errorf("after it: %v %d", err, clock.Millis(w.Kit.Clock))
		}
	})
}
