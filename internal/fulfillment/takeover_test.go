package fulfillment

import (
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/order"
)

func (h *house) consume() {
	h.t.Helper()
	r := event.NewRunner(h.k.Events, h.k.Log, "test")
	r.Add(h.s.Takeover())
	if err := r.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
}

func TestAParcelShippedElsewhereIsTakenOverOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		o := h.put(h.doc("E-1", item{"A", 2}))[0]
		if _, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o}); err != nil {
			t.Fatal(err)
		}
		later := h.doc("E-1", item{"A", 2})
		later.Status, later.StatusRaw, later.ShippedAt = order.ChannelShipped, "已发货", h.now()-1000
		later.Waybill = &order.Waybill{Carrier: "中通快递", No: "73611462538385"}
		h.put(later)
		h.consume()
		h.consume()
		parcels, _, err := h.s.Parcels(h.ctx, ParcelFilter{OrderID: o})
		if err != nil || len(parcels) != 1 {
			t.Fatalf("%d parcels %v", len(parcels), err)
		}
		p := parcels[0]
		if p.Kind != KindElsewhere || p.Carrier != "ZTO" || p.CarrierName != "中通快递" || p.WaybillNo != "73611462538385" || p.ReportedAt == 0 || p.FulfillmentOrderID != 0 {
			t.Errorf("parcel %+v", p)
		}
		if on, held := h.onHand("A"); on != 8 || held != 0 {
			t.Errorf("%d on hand, %d reserved: stock leaves once", on, held)
		}
		if n := h.count("fulfillment_order", "state = 'open'"); n != 0 {
			t.Errorf("%d fulfillment orders still open", n)
		}
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(1)}); code(err) != "fulfillment.already_shipped" {
			t.Errorf("shipping it again: %v", err)
		}
		h.sound()
	})
}

func TestAParcelOfOursIsNotTakenOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		o := h.put(h.doc("E-2", item{"A", 2}))[0]
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(1)}); err != nil {
			t.Fatal(err)
		}
		later := h.doc("E-2", item{"A", 2})
		later.Status, later.StatusRaw, later.ShippedAt = order.ChannelShipped, "已发货", h.now()
		later.Waybill = &order.Waybill{Carrier: "圆通快递", No: yt(1)}
		h.put(later)
		h.consume()
		if n := h.count("fulfillment_parcel", "reported_at > 0"); n != 1 {
			t.Errorf("%d reported: the channel knows it", n)
		}
		if n := h.count("event_log", "name = 'fulfillment.parcel_reported'"); n != 1 {
			t.Errorf("%d events of it", n)
		}
		if n := h.count("fulfillment_parcel", ""); n != 1 {
			t.Errorf("%d parcels", n)
		}
		if on, _ := h.onHand("A"); on != 8 {
			t.Errorf("%d on hand", on)
		}
		h.sound()
	})
}
