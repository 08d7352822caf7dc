package fulfillment

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/order"
)

func (h *house) rule(r allocate.Rule) allocate.Rule {
	h.t.Helper()
	r.Active = true
	out, err := h.s.Rules().SaveRule(h.ctx, r)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func (h *house) route(orders ...id.ID) []BulkRow {
	h.t.Helper()
	rows, _, err := h.s.AllocateMany(h.ctx, BulkInput{OrderIDs: orders, ByRules: true})
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

func TestRulesShareAnOrderOutOverWarehousesAndSayWhy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 2)
		h.sku("B", 5)
		east := h.warehouse("EAST")
		h.receive("A", east, 9)
		if _, err := h.s.Rules().SetSite(h.ctx, allocate.Site{WarehouseID: east, SupplierID: 77, Areas: []allocate.Area{{Province: "浙江", Served: true, Preference: 1}}}); err != nil {
			t.Fatal(err)
		}
		h.rule(allocate.Rule{Name: "缺货拆单", Action: allocate.Action{Strategy: allocate.ByPriority, Shortage: allocate.ShortSplit, CarrierWish: "yto"}})
		o := h.put(h.doc("R1", item{"A", 4}, item{"B", 1}))[0]
		h.approve(o)
		dry, _, err := h.s.AllocateMany(h.ctx, BulkInput{OrderIDs: []id.ID{o}, ByRules: true, DryRun: true})
		if err != nil || len(dry[0].Shares) != 2 || h.count("fulfillment_order", "")+h.count("fulfillment_trace", "") != 0 {
			t.Fatalf("dry run: %+v %v", dry, err)
		}
		rows := h.route(o)
		if rows[0].Code != "" || len(rows[0].Shares) != 2 || rows[0].Trace.Rule != "缺货拆单" || rows[0].Trace.Outcome != allocate.Allocated {
			t.Fatalf("%+v", rows[0])
		}
		if h.reservedAt("A", h.wh) != 2 || h.reservedAt("A", east) != 2 || h.reservedAt("B", h.wh) != 1 {
			t.Errorf("A %d here, %d there; B %d", h.reservedAt("A", h.wh), h.reservedAt("A", east), h.reservedAt("B", h.wh))
		}
		got := h.load(o)
		if got.Lines[0].Allocated != 4 || got.OnHold(order.HoldOutOfStock) {
			t.Errorf("%d allocated, holds %v", got.Lines[0].Allocated, got.Holds)
		}
		for i, s := range rows[0].Shares {
			f := h.get(s.FulfillmentOrderID)
			if f.CarrierWish != "yto" || (f.SupplierID == 77) != (f.WarehouseID == east) {
				t.Errorf("%+v", f)
			}
			if _, err := h.s.ShipOrder(h.ctx, ShipOrderInput{ID: f.ID, Version: f.Version, WaybillNo: yt(40 + i)}); err != nil {
				t.Fatal(err)
			}
			if want := []order.State{order.PartlyShipped, order.Shipped}[i]; h.load(o).State != want {
				t.Errorf("after %d: %s", i+1, h.load(o).State)
			}
		}
		if on, held := h.onHand("A"); on != 7 || held != 0 {
			t.Errorf("%d on hand, %d reserved", on, held)
		}
		h.sound()
	})
}

func TestWhatIsSealedStaysAndTheRestIsRouted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 2)
		h.rule(allocate.Rule{Name: "有多少发多少", Action: allocate.Action{Strategy: allocate.ByPriority, Shortage: allocate.ShortPartial}})
		o := h.put(h.doc("S1", item{"A", 3}))[0]
		h.approve(o)
		first := h.route(o)[0]
		if first.Trace.Outcome != allocate.PartOnly || h.load(o).Lines[0].Allocated != 2 {
			t.Fatalf("%+v", first)
		}
		if _, err := h.s.Seal(h.ctx, SealInput{IDs: []id.ID{first.FulfillmentOrderID}, Reason: SealPrint}); err != nil {
			t.Fatal(err)
		}
		h.receive("A", h.wh, 4)
		again := h.route(o)[0]
		if again.Code != "" || len(again.Shares) != 2 || again.Shares[0].FulfillmentOrderID != first.FulfillmentOrderID || h.load(o).Lines[0].Allocated != 3 {
			t.Fatalf("%+v", again)
		}
		f := h.get(first.FulfillmentOrderID)
		if f.Sealed != SealPrint || f.Lines[0].Quantity != 2 || h.get(again.Shares[1].FulfillmentOrderID).Lines[0].Quantity != 1 {
			t.Errorf("%+v", f)
		}
		if same := h.route(o)[0]; !same.Unchanged && same.Code != "" {
			t.Errorf("once more: %+v", same)
		}
		h.sound()
	})
}

func TestVeryManyOrdersAreRoutedByAJobWithoutOverselling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 100)
		east := h.warehouse("EAST")
		h.receive("A", east, 70)
		h.rule(allocate.Rule{Name: "先东", Condition: rule.Condition{Field: "pieces", Op: "ge", Value: json.RawMessage("1")},
			Action: allocate.Action{WarehouseIDs: []id.ID{east, h.wh}, Strategy: allocate.ByPriority, Shortage: allocate.ShortWait}})
		orders := h.put(h.docs(210, "A")...)
		for _, o := range orders {
			if h.load(o).ApprovedAt == 0 {
				h.approve(o)
			}
		}
		_, j, err := h.s.AllocateMany(h.ctx, BulkInput{OrderIDs: orders, ByRules: true})
		if err != nil || j == nil {
			t.Fatal(j, err)
		}
		done := h.drain(j.ID)
		if done.State != job.Succeeded || done.OKCount != 170 || done.SkippedCount != 40 {
			t.Errorf("%s ok %d skipped %d failed %d", done.State, done.OKCount, done.SkippedCount, done.FailedCount)
		}
		if h.reservedAt("A", east) != 70 || h.reservedAt("A", h.wh) != 100 {
			t.Errorf("%d there, %d here", h.reservedAt("A", east), h.reservedAt("A", h.wh))
		}
		h.sound()
	})
}

func TestRulesAndSitesAreKeptByThoseWhoMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		r := h.rule(allocate.Rule{Name: "一", Action: allocate.Action{Strategy: allocate.ByCost, Shortage: allocate.ShortWait}})
		stale := r
		r.Name = "二"
		if _, err := h.s.Rules().SaveRule(h.ctx, r); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Rules().SaveRule(h.ctx, stale); code(err) != "allocate.rule_changed" {
			t.Errorf("an old version: %v", err)
		}
		if _, err := h.s.Rules().SaveRule(kittest.As(h.ctx, PermitRead), r); code(err) != "actor.forbidden" {
			t.Errorf("%v", err)
		}
		if _, err := h.s.Rules().SetSite(h.ctx, allocate.Site{WarehouseID: h.wh, Areas: []allocate.Area{{Province: "浙江"}, {Province: "浙江省"}}}); code(err) != "allocate.bad_area" {
			t.Errorf("%v", err)
		}
		if _, err := h.s.Rules().SetSite(h.ctx, allocate.Site{WarehouseID: h.wh, SupplierID: 5, Plain: true, Areas: []allocate.Area{{Province: "浙江", Served: true, FirstFen: 300}}}); err != nil {
			t.Fatal(err)
		}
		h.tx(func(ctx context.Context, tx *db.Tx) error {
			sites, err := h.s.Rules().SitesTx(ctx, tx)
			if err == nil && (sites[h.wh] == nil || !sites[h.wh].Plain || sites[h.wh].SupplierID != 5 || sites[h.wh].Areas[0].FirstFen != 300) {
				t.Errorf("%+v", sites[h.wh])
			}
			return err
		})
		if err := h.s.Rules().DeleteRule(h.ctx, r.ID); err != nil {
			t.Fatal(err)
		}
		if all, err := h.s.Rules().Rules(h.ctx); err != nil || len(all) != 0 {
			t.Errorf("%v %v", all, err)
		}
	})
}
