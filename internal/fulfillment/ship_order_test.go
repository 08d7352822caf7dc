package fulfillment

import (
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
