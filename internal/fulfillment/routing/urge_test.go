package routing_test

import (
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
)

func TestABuyerWhoUrgesOnTheChannelIsServedBeforeOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.Warehouse, 9)
		urgency := func(o id.ID) int64 {
			t.Helper()
			h.drain()
			all, _, err := h.ship.List(h.ctx, fulfillment.OrderFilter{OrderID: o})
			if err != nil || len(all) != 1 {
				t.Fatalf("%d fulfillment orders, %v", len(all), err)
			}
			return all[0].Urgency
		}
		doc := h.Doc("1", "A-1")
		o := h.One(h.ctx, 0, doc).ID
		if _, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o}); err != nil {
			t.Fatal(err)
		}
		if got := urgency(o); got != fulfillment.UrgencyNone {
			t.Fatalf("nobody urges, and it is %d", got)
		}
		again := func(flags ...string) {
			kittest.Clock(h.Kit).Advance(time.Minute)
			doc.Flags = flags
			h.One(h.ctx, 0, doc)
		}
		again(order.FlagUrged)
		if got := urgency(o); got != fulfillment.UrgencyBuyer {
			t.Errorf("the buyer urges: %d", got)
		}
		// What a person says afterwards stands, whatever the channel repeats.
		for _, said := range []int64{fulfillment.UrgencyNone, fulfillment.UrgencyPerson} {
			if _, err := h.ship.Urge(h.ctx, fulfillment.UrgeInput{OrderID: o, Urgency: said}); err != nil {
				t.Fatal(err)
			}
			doc.Flag++ // something else is new
			again(order.FlagUrged)
			if got := urgency(o); got != said {
				t.Errorf("a person said %d: %d", said, got)
			}
		}
		again(order.FlagUrged, order.FlagShipFirst)
		if got := urgency(o); got != fulfillment.UrgencyPerson {
			t.Errorf("less than a person said: %d", got)
		}
		// It may bear the mark from the beginning, before anybody allocates it.
		doc = h.Doc("2", "A-1")
		doc.Flags = []string{order.FlagShipFirst}
		first := h.One(h.ctx, 0, doc).ID
		h.drain()
		if _, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: first}); err != nil {
			t.Fatal(err)
		}
		if got := urgency(first); got != fulfillment.UrgencyBuyer {
			t.Errorf("it was promised to ship first: %d", got)
		}
	})
}
