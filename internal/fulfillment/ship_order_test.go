package fulfillment

import (
	"context"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

func TestAMergedFulfillmentOrderLeavesUnderOneNumberForEveryOrderInIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		h.sku("B", 50)
		other := h.newShop("东篱小店")
		if _, err := h.s.SetMergePolicy(h.ctx, MergePolicy{ShopGroups: [][]id.ID{{h.shop.ID, other.ID}}}); err != nil {
			t.Fatal(err)
		}
		a := h.doc("V1", item{"A", 2}, item{"B", 1})
		one, two := h.put(a)[0], h.putIn(other, to(h.doc("V2", item{"A", 1}), a))[0]
		made, err := h.s.Merge(h.ctx, MergeInput{IDs: ids([]FulfillmentOrder{h.allocated(one), h.allocated(two)})})
		if err != nil {
			t.Fatal(err)
		}
		m := h.get(made.After[0])
		in := ShipOrderInput{ID: m.ID, Version: m.Version + 1, WaybillNo: yt(5)}
		if _, err := h.s.ShipOrder(h.ctx, in); code(err) != "fulfillment.content_changed" {
			t.Errorf("papers of another version: %v", err)
		}
		in.Version = m.Version
		for _, unchanged := range []bool{false, true} {
			out, err := h.s.ShipOrder(h.ctx, in)
			if err != nil || len(out.Parcels) != 2 || out.Parcels[0].Unchanged != unchanged {
				t.Fatalf("%+v %v", out, err)
			}
		}
		for _, o := range []id.ID{one, two} {
			p, _, _ := h.s.Parcels(h.ctx, ParcelFilter{OrderID: o})
			if len(p) != 1 || p[0].FulfillmentOrderID != m.ID || p[0].WaybillNo != yt(5) || h.load(o).State != order.Shipped {
				t.Errorf("parcels of %d: %+v", o, p)
			}
		}
		if h.get(m.ID).State != StateShipped {
			t.Error("still open")
		}
		in.WaybillNo = yt(6)
		if _, err := h.s.ShipOrder(h.ctx, in); err == nil {
			t.Error("shipped again under another number")
		}
		h.sound()
	})
}

func TestOfManyThatLeaveTogetherEachHasItsOwnAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		h.sku("B", 50)
		_, plain := h.placed("M1", item{"A", 1}, item{"B", 2})
		first := h.doc("M2", item{"A", 1})
		one, two := h.put(first)[0], h.put(to(h.doc("M3", item{"B", 1}), first))[0]
		made, err := h.s.Merge(h.ctx, MergeInput{IDs: ids([]FulfillmentOrder{h.allocated(one), h.allocated(two)})})
		if err != nil {
			t.Fatal(err)
		}
		merged := h.get(made.After[0])
		parted, whole := h.placed("M4", item{"A", 2}, item{"B", 1})
		split, err := h.s.Split(h.ctx, SplitInput{ID: whole.ID, Parts: []SplitPart{{Lines: []order.LineQty{{LineID: whole.Lines[1].LineID, Quantity: 1}}}}})
		if err != nil {
			t.Fatal(err)
		}
		heldOrder, held := h.placed("M5", item{"A", 1})
		if _, err := h.s.orders.Hold(h.ctx, order.HoldInput{OrderID: heldOrder, Note: "等电话"}); err != nil {
			t.Fatal(err)
		}
		_, changed := h.placed("M6", item{"A", 1})
		_, twin := h.placed("M7", item{"A", 1})
		_, gone := h.placed("M8", item{"A", 1})
		if _, err := h.s.ShipOrder(h.ctx, ShipOrderInput{ID: gone.ID, WaybillNo: yt(8)}); err != nil {
			t.Fatal(err)
		}
		rows := []struct {
			in   ShipOrderInput
			want string
		}{
			{ShipOrderInput{ID: plain.ID, Version: plain.Version, WaybillNo: yt(1)}, ""},
			{ShipOrderInput{ID: plain.ID, Version: plain.Version, WaybillNo: yt(1)}, "fulfillment.unchanged"}, // named twice
			{ShipOrderInput{ID: merged.ID, WaybillNo: yt(2)}, ""},
			{ShipOrderInput{ID: split.After[0], WaybillNo: yt(3)}, ""},
			{ShipOrderInput{ID: split.After[1], WaybillNo: yt(4)}, ""},
			{ShipOrderInput{ID: held.ID, WaybillNo: yt(5)}, "fulfillment.held"},
			{ShipOrderInput{ID: changed.ID, Version: changed.Version + 1, WaybillNo: yt(6)}, "fulfillment.content_changed"},
			{ShipOrderInput{ID: twin.ID, WaybillNo: yt(8)}, "fulfillment.duplicate_waybill"},
			{ShipOrderInput{ID: gone.ID, WaybillNo: yt(8)}, "fulfillment.unchanged"},
		}
		for _, missing := range []bool{true, false} {
			var ins []ShipOrderInput
			for _, r := range rows {
				ins = append(ins, r.in)
			}
			if missing { // nobody knows this one: the others are asked one by one
				ins = append(ins, ShipOrderInput{ID: 77, WaybillNo: yt(9)})
			}
			var got []error
			undone := errors.New("undone")
			err := h.k.DB.InTx(h.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				if got, err = h.s.ShipManyTx(ctx, tx, ins); err == nil && missing {
					err = undone
				}
				return err
			})
			if err != nil && err != undone {
				t.Fatal(err)
			}
			for i, r := range rows {
				if code(got[i]) != r.want {
					t.Errorf("row %d (one of them missing: %v): %v, want %q", i, missing, got[i], r.want)
				}
			}
			if missing && code(got[len(rows)]) != "fulfillment.order_not_found" {
				t.Error("what is not there:", got[len(rows)])
			}
		}
		if p, _, _ := h.s.Parcels(h.ctx, ParcelFilter{OrderID: parted}); len(p) != 2 || h.load(parted).State != order.Shipped {
			t.Errorf("the parted one left in %d parcels", len(p))
		}
		if h.load(one).State != order.Shipped || h.load(two).State != order.Shipped || h.load(heldOrder).State == order.Shipped {
			t.Error("states")
		}
		h.sound()
	})
}

func TestWhatDoesNotTravelNeedsNoCarrier(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		for _, c := range []struct {
			name, kind, carrier, no, want string
		}{
			{"nothing travels", KindVirtual, "", "", ""},
			{"nothing travels, but a number was scanned", KindVirtual, "", yt(3), "fulfillment.no_carrier_needed"},
			{"the buyer fetches it", KindPickup, "", "", ""},
			{"a courier of the town", KindSameCity, "蜂鸟", "", ""},
			{"a courier of the town with a number", KindSameCity, "达达", "DD-88", ""},
			{"by drone", "drone", "", "", "fulfillment.bad_kind"},
			{"by a carrier, without a number", KindExpress, "yto", "", "fulfillment.no_waybill"},
		} {
			t.Run(c.name, func(t *testing.T) {
				_, f := h.placed("K-"+c.name, item{"A", 1})
				if _, err := h.s.SetKind(h.ctx, KindInput{ID: f.ID, Kind: c.kind}); c.kind == "drone" {
					if code(err) != c.want {
						t.Errorf("%v, want %s", err, c.want)
					}
					return
				} else if err != nil {
					t.Fatal(err)
				}
				out, err := h.s.ShipOrder(h.ctx, ShipOrderInput{ID: f.ID, Carrier: c.carrier, WaybillNo: c.no})
				if code(err) != c.want {
					t.Fatalf("%+v %v, want %s", out, err, c.want)
				}
				if err != nil {
					return
				}
				p, _, _ := h.s.Parcels(h.ctx, ParcelFilter{OrderID: f.Lines[0].OrderID})
				if len(p) != 1 || p[0].Kind != c.kind || p[0].CarrierName != c.carrier {
					t.Errorf("%+v", p)
				}
			})
		}
		h.sound()
	})
}

func TestANewOrderForAPrintedParcelAsksWhetherItMayTravelAlong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		a := h.doc("N1", item{"A", 1})
		printed := h.allocated(h.put(a)[0])
		if _, err := h.s.Seal(h.ctx, SealInput{IDs: []id.ID{printed.ID}, Reason: SealPrint}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Split(h.ctx, SplitInput{ID: printed.ID}); code(err) != "fulfillment.sealed" {
			t.Errorf("splitting a sealed one: %v", err)
		}
		h.allocated(h.put(h.doc("N2", item{"A", 1}))[0])
		later := h.allocated(h.put(to(h.doc("N3", item{"A", 1}), a))[0])
		if n := h.count("fulfillment_prompt", "fulfillment_order_id = ? AND sealed_id = ?", later.ID, printed.ID); n != 1 || h.count("fulfillment_prompt", "") != 1 {
			t.Errorf("%d prompts", n)
		}
		if _, err := h.s.Urge(h.ctx, UrgeInput{OrderID: later.Lines[0].OrderID, Urgency: UrgencyBuyer}); err != nil || h.get(later.ID).Urgency != UrgencyBuyer {
			t.Errorf("urged: %v, %d", err, h.get(later.ID).Urgency)
		}
		if _, err := h.s.Urge(h.ctx, UrgeInput{OrderID: later.Lines[0].OrderID, Urgency: 7}); code(err) != "fulfillment.bad_urgency" {
			t.Errorf("%v", err)
		}
	})
}
