package order_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// odd is the document with a status word nobody knows.
func odd(d order.Document, word string) order.Document {
	d.Status, d.StatusRaw = "", word
	return d
}

func TestAnOrderWithAWordWeDoNotKnowIsKeptAndWaitsForOneWeKnow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		o := w.Pulled(ctx, later(w, 0), odd(doc, "987"))
		wantHolds(t, o, order.HoldUnknownStatus)
		wantState(t, o, order.AwaitingApproval) // it says when it was paid
		if o.ChannelStatus != "" || o.ChannelStatusRaw != "987" || o.Holds[0].Note != "987" || o.Payment != order.Paid {
			t.Errorf("%q %q %+v %s", o.ChannelStatus, o.ChannelStatusRaw, o.Holds, o.Payment)
		}
		if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: o.ID}); !errors.Is(err, order.ErrOnHold) {
			t.Errorf("approve: %v", err)
		}
		if _, err := w.Orders.Release(ctx, order.ReleaseInput{OrderID: o.ID, Kind: order.HoldUnknownStatus}); err == nil {
			t.Error("a person released it without knowing the word")
		}
		o = w.Pulled(ctx, later(w, 1), odd(doc, "988"))
		if wantHolds(t, o, order.HoldUnknownStatus); o.Holds[0].Note != "988" {
			t.Errorf("the hold tells the old word: %+v", o.Holds)
		}
		o = w.Pulled(ctx, later(w, 2), doc)
		if wantHolds(t, o); o.ChannelStatus != order.ChannelAwaitingShipment || o.ChannelStatusRaw != doc.StatusRaw {
			t.Errorf("%q %q", o.ChannelStatus, o.ChannelStatusRaw)
		}
		o = approve(t, ctx, w, o)

		o = w.Pulled(ctx, later(w, 3), odd(doc, "987"))
		wantHolds(t, o, order.HoldUnknownStatus)
		if o.ChannelStatus != order.ChannelAwaitingShipment || o.ChannelStatusRaw != "987" || o.ApprovedAt == 0 {
			t.Errorf("what we knew is gone: %q %q", o.ChannelStatus, o.ChannelStatusRaw)
		}
		if err := w.Ship(ctx, o.ID, "YT1"); !errors.Is(err, order.ErrOnHold) {
			t.Errorf("ship: %v", err)
		}
		// A word we know ends it, even one that moves nothing.
		o = w.Pulled(ctx, later(w, 4), doc)
		wantHolds(t, o)
		if err := w.Ship(ctx, o.ID, "YT1"); err != nil {
			t.Error(err)
		}
	})
}

func TestAWordWeDoNotKnowMovesNoAxis(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		unpaid := w.Doc("1001", "A-1")
		unpaid.PaidAt = 0
		o := w.Pulled(ctx, later(w, 0), odd(unpaid, "987"))
		wantState(t, o, order.PendingPayment)
		wantHolds(t, o, order.HoldUnknownStatus)
		held(t, ctx, w, o, 0)

		shipped := w.Doc("1002", "A-1")
		shipped.Status, shipped.StatusRaw = order.ChannelShipped, "已发货"
		w.Pulled(ctx, later(w, 0), shipped)
		o = w.Pulled(ctx, later(w, 1), odd(shipped, "987"))
		wantState(t, o, order.Shipped)
		wantHolds(t, o) // it left: nothing waits
		if o.ChannelStatusRaw != "987" {
			t.Errorf("raw %q", o.ChannelStatusRaw)
		}
		for what, in := range map[string]order.Incoming{
			"a file, whose words are mapped first": {Shop: w.Shop, Doc: odd(w.Doc("1003", "A-1"), "987"), Source: order.SourceFile},
			"no word at all":                       {Shop: w.Shop, Doc: odd(w.Doc("1003", "A-1"), ""), Source: order.SourceAPI},
		} {
			var out []order.Applied
			if err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				out, err = w.Orders.ApplyTx(ctx, tx, []order.Incoming{in})
				return err
			}); err != nil || !errors.Is(out[0].Err, order.ErrBadStatus) {
				t.Errorf("%s: %+v %v", what, out, err)
			}
		}
	})
}

func TestHistoryHasNoHoldOfAnUnknownWordUntilItIsAdopted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		doc.PlacedAt = w.Shop.LiveFrom - 1000
		o := w.Pulled(ctx, later(w, 0), odd(doc, "987"))
		if wantHolds(t, o); !o.History {
			t.Fatal("not history")
		}
		if _, err := w.Orders.Adopt(ctx, order.AdoptInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		wantHolds(t, w.Load(ctx, o.ID), order.HoldUnknownStatus)
	})
}
