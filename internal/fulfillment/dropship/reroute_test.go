package dropship_test

import (
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/purchase"
)

// second is another supplier with goods.
func (h *house) second() (purchase.Supplier, id.ID) {
	h.T.Helper()
	s, err := h.suppliers.Save(h.ctx, purchase.Supplier{Name: "云杉供应链", Contract: purchase.Masked, CutoffMinute: 16 * 60, Active: true, Contact: purchase.Contact{Person: "林一", Phone: "13900002222"}})
	h.must(err)
	wh, err := h.Stock.CreateWarehouse(h.ctx, inventory.WarehouseInput{Name: "云杉仓", Code: "YS"})
	h.must(err)
	_, err = h.ship.Rules().SetSite(h.ctx, allocate.Site{WarehouseID: wh.ID, SupplierID: s.ID})
	h.must(err)
	skus, err := h.Catalog.SKUsByCodeTx(h.ctx, h.Kit.DB, []string{"TEA"})
	h.must(err)
	h.must(h.Stock.Receive(h.ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: skus["TEA"].ID, WarehouseID: wh.ID, Quantity: 100}}}))
	return s, wh.ID
}

// routed is an order that the rules gave to the first of the warehouses.
func (h *house) routed(warehouses ...id.ID) id.ID {
	h.T.Helper()
	_, err := h.ship.Rules().SaveRule(h.ctx, allocate.Rule{Name: "先代发", Active: true, Action: allocate.Action{Strategy: allocate.ByPriority, Shortage: allocate.ShortWait, WarehouseIDs: warehouses}})
	h.must(err)
	h.n++
	o := h.One(h.ctx, 0, h.Doc("R1", "TEA"))
	rows, _, err := h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{o.ID}, ByRules: true})
	h.must(err)
	if rows[0].WarehouseID != warehouses[0] {
		h.T.Fatalf("%+v", rows[0])
	}
	return o.ID
}

// at is where the one open fulfillment order of an order stands.
func (h *house) at(o id.ID) fulfillment.FulfillmentOrder {
	h.T.Helper()
	all, _, err := h.ship.List(h.ctx, fulfillment.OrderFilter{State: fulfillment.StateOpen, OrderID: o})
	h.must(err)
	if len(all) != 1 {
		h.T.Fatalf("%+v", all)
	}
	return all[0]
}

func (h *house) settle() {
	h.T.Helper()
	for range 3 { // a loop would not come to rest
		h.must(h.Kit.Runner.Drain(h.ctx))
		h.must(h.Kit.Jobs.Drain(h.ctx))
	}
}

// refuse sends what stands with a supplier to it, and has it say no.
func (h *house) refuse(s purchase.Supplier, f id.ID) {
	h.T.Helper()
	got, err := h.s.Send(h.ctx, dropship.SendInput{SupplierID: s.ID, IDs: []id.ID{f}})
	h.must(err)
	if got := codes(got.Rows); got[0] != "ok" {
		h.T.Fatal(got)
	}
	p, err := h.suppliers.OpenPortal(h.ctx, s.ID, 30)
	h.must(err)
	ctx, v, err := h.suppliers.AsSupplier(h.T.Context(), p.Token, "")
	h.must(err)
	rows, err := h.s.Answer(ctx, v, dropship.MoveInput{IDs: []id.ID{f}, State: dropship.Refused, Reason: "无货"})
	h.must(err)
	if got := codes(rows); got[0] != "ok" {
		h.T.Fatal(got)
	}
	h.settle()
}

func TestWhatASupplierRefusesIsOfferedToTheNextAndNeverToItAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		next, there := h.second()
		o := h.routed(h.theirs, there, h.Warehouse)
		h.refuse(h.supplier, h.at(o).ID)
		f := h.at(o)
		if f.WarehouseID != there || f.SupplierID != next.ID || f.Sealed != "" {
			t.Fatalf("after the first: %+v", f)
		}
		rows, _, err := h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{o}, ByRules: true, DryRun: true})
		h.must(err)
		if i := slices.IndexFunc(rows[0].Trace.Candidates, func(c allocate.Candidate) bool { return c.WarehouseID == h.theirs }); i < 0 || rows[0].Trace.Candidates[i].Reason != allocate.Refused {
			t.Errorf("%+v", rows[0].Trace)
		}
		h.refuse(next, f.ID)
		if f = h.at(o); f.WarehouseID != h.Warehouse || f.SupplierID != 0 {
			t.Fatalf("after the second: %+v", f)
		}
		// Other orders are offered to them as before.
		h.n++
		other := h.One(h.ctx, 0, h.Doc("R2", "TEA"))
		rows, _, err = h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{other.ID}, ByRules: true})
		if err != nil || rows[0].WarehouseID != h.theirs {
			t.Errorf("%+v %v", rows, err)
		}
		if found, err := h.Stock.Verify(h.ctx); err != nil || len(found) > 0 {
			t.Error(found, err)
		}
	})
}

func TestAnOrderThatEverySupplierRefusesRestsUntilAPersonMovesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		next, there := h.second()
		o := h.routed(h.theirs, there)
		h.refuse(h.supplier, h.at(o).ID)
		h.refuse(next, h.at(o).ID)
		f := h.at(o)
		if f.WarehouseID != there {
			t.Fatalf("%+v", f)
		}
		all, _, err := h.s.List(h.ctx, dropship.Filter{SupplierID: next.ID, State: dropship.Refused})
		if err != nil || len(all) != 1 || all[0].ID != f.ID {
			t.Errorf("%+v %v", all, err)
		}
		// A person may still send it to either, or have us ship it.
		got, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o, WarehouseID: h.theirs})
		if err != nil || got.WarehouseID != h.theirs {
			t.Errorf("%+v %v", got, err)
		}
		h.settle()
		if f = h.at(o); f.WarehouseID != h.theirs {
			t.Errorf("%+v", f)
		}
	})
}
