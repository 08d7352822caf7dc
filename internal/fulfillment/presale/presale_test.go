package presale_test

import (
	"encoding/json"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/presale"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
)

func TestPresalesMayLeaveAsLongBeforeTheirPromiseAsTheMerchantSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		ship := fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)
		set := setting.New(w.Kit, presale.Settings()...)
		set.OnSet(presale.LeadHours, presale.New(w.Kit, ship.RefreshTx).SetTx)
		w.SKU(ctx, "A", 9)
		promise := clock.Millis(w.Kit.Clock) + 100*3_600_000
		allocated := func(no string, flags ...string) fulfillment.FulfillmentOrder {
			t.Helper()
			doc := w.Doc(no, "A")
			doc.Flags, doc.ShipByAt = flags, promise
			o := w.One(ctx, 0, doc).ID
			if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: o}); err != nil {
				t.Fatal(err)
			}
			got, err := ship.Allocate(ctx, fulfillment.AllocateInput{OrderID: o})
			if err != nil {
				t.Fatal(err)
			}
			f, err := ship.Get(ctx, got.FulfillmentOrderID)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		lead := func(hours int64) {
			t.Helper()
			raw, err := json.Marshal(hours)
			if err == nil {
				_, err = set.Set(ctx, setting.SetInput{Name: presale.LeadHours, Value: raw, Version: -1})
			}
			if err == nil {
				err = w.Kit.Jobs.Drain(ctx)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		is := func(when string, f fulfillment.FulfillmentOrder, hours int64) {
			t.Helper()
			if want := promise - hours*3_600_000; f.PresaleAt != want {
				t.Errorf("%s: it may leave %d h before its promise, want %d", when, (promise-f.PresaleAt)/3_600_000, hours)
			}
		}
		first := allocated("P1", order.FlagPresale)
		is("nothing is set", first, 48)
		if f := allocated("N1"); f.PresaleAt != 0 {
			t.Errorf("no presale waits for %d", f.PresaleAt)
		}
		lead(12)
		is("one made since", allocated("P2", order.FlagPresale), 12)
		again, err := ship.Get(ctx, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		is("one made before", again, 12)
		if again.Version != first.Version {
			t.Errorf("papers would be void: version %d, was %d", again.Version, first.Version)
		}
		lead(72)
		if again, err = ship.Get(ctx, first.ID); err != nil {
			t.Fatal(err)
		}
		is("a longer lead", again, 72)
	})
}
