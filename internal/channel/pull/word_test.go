package pull_test

import (
	"errors"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// byNo loads an order of the shop.
func (w *world) byNo(sh shop.Shop, no string) order.Order {
	w.t.Helper()
	found, err := w.Orders.FindByNoTx(w.ctx, w.Kit.DB, []id.ID{sh.ID}, []string{no})
	if err != nil || len(found[no]) != 1 {
		w.t.Fatalf("%s: %v, %v", no, found, err)
	}
	return w.Load(w.ctx, found[no][0])
}

func TestAnOrderOfAnUnknownStatusIsKeptHeldAndGoesOnOnceAPersonMapsTheWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d)
		other, n := w.join("乙店", fast)
		w.step(other)
		m.place(number(1)).Status = "Weighed"
		m.place(number(2)).Status = "mystery"
		m.place(number(3))
		n.place(number(4)).Status = "Weighed"
		w.forward(5*time.Second, sh, other)

		o := w.byNo(sh, number(1))
		if !o.OnHold(order.HoldUnknownStatus) || o.ChannelStatus != "" || o.ChannelStatusRaw != "Weighed" || o.PaidAt == 0 {
			t.Fatalf("%+v", o)
		}
		if h := w.health(sh); h.Quarantined != 0 || len(h.Unknown) != 2 || h.Unknown[0].Word != "Weighed" || h.Unknown[0].Orders != 1 || h.Unknown[1].Word != "mystery" {
			t.Errorf("quarantined %d, unknown %+v", h.Quarantined, h.Unknown)
		}
		w.same(sh, m) // nothing is missing on either side

		as := pull.MapWordInput{ShopID: sh.ID, Word: "weighed", Status: channel.AwaitingShipment}
		if err := w.engine.MapWord(kittest.As(w.ctx, "channel.read", "channel.sync"), as); !errors.Is(err, actor.ErrForbidden) {
			t.Errorf("without the right: %v", err)
		}
		if err := w.engine.MapWord(w.ctx, pull.MapWordInput{ShopID: sh.ID, Word: "weighed", Status: "on its way"}); !errors.Is(err, channel.ErrBadWord) {
			t.Errorf("a status that does not exist: %v", err)
		}
		if err := w.engine.MapWord(w.ctx, as); err != nil {
			t.Fatal(err)
		}
		if err := w.Kit.Jobs.Drain(w.ctx); err != nil {
			t.Fatal(err)
		}
		w.forward(3*time.Second, sh, other)
		for _, x := range []struct {
			sh shop.Shop
			no string
		}{{sh, number(1)}, {other, number(4)}} {
			if o := w.byNo(x.sh, x.no); o.OnHold(order.HoldUnknownStatus) || o.ChannelStatus != order.ChannelAwaitingShipment || o.ChannelStatusRaw != "Weighed" {
				t.Errorf("%s: %q %q %v", x.no, o.ChannelStatus, o.ChannelStatusRaw, o.Holds)
			}
		}
		if o := w.byNo(sh, number(2)); !o.OnHold(order.HoldUnknownStatus) {
			t.Error("another word was mapped along")
		}
		// The word stays known, for orders to come and after a restart.
		w.restart()
		m.place(number(5)).Status = "Weighed"
		w.forward(5*time.Second, sh)
		if o := w.byNo(sh, number(5)); len(o.Holds) > 1 || o.ChannelStatus != order.ChannelAwaitingShipment {
			t.Errorf("%q %v", o.ChannelStatus, o.Holds)
		}
	})
}
