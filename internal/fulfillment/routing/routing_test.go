package routing_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/routing"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// house is a shop that approves by itself and two warehouses.
type house struct {
	*ordertest.World
	ctx     context.Context
	ship    *fulfillment.Service
	s       *routing.Service
	setting *setting.Service
	b       id.ID // the other warehouse
	sku     id.ID
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	w := &ordertest.World{T: t, Kit: k, Shops: shoptest.New(k), Catalog: catalog.New(k), Customers: customer.New(k)}
	w.Stock = inventory.New(k, w.Catalog)
	w.Orders = order.New(k, w.Shops, w.Catalog, w.Customers, w.Stock, order.PlaceBy(allocate.New(k, w.Catalog, w.Stock).PlaceTx))
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		wh, err := w.Stock.EnsureDefaultTx(ctx, tx)
		w.Warehouse = wh.ID
		return err
	})
	w.Shop = shoptest.Add(t, ctx, w.Shops, "云杉小铺", func(in *shop.CreateInput) { in.AutoApprove = true })
	h := &house{World: w, ctx: ctx, ship: fulfillment.New(k, w.Shops, w.Catalog, w.Stock, w.Orders), setting: setting.New(k, routing.Settings()...)}
	h.s = routing.New(k, w.Catalog, w.Orders, h.ship, h.setting)
	b, err := w.Stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: "B", Name: "成都仓"})
	if err != nil {
		t.Fatal(err)
	}
	h.b, h.sku = b.ID, w.SKU(ctx, "A-1", 0)
	return h
}

func (h *house) receive(warehouse id.ID, n int64) {
	h.T.Helper()
	if err := h.Stock.Receive(h.ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: h.sku, WarehouseID: warehouse, Quantity: n}}}); err != nil {
		h.T.Fatal(err)
	}
}

func (h *house) order(no string, n int64) id.ID {
	h.T.Helper()
	d := h.Doc(no, "A-1")
	d.Lines, d.Money = []order.Line{ordertest.Line("A-1", n, 2500)}, order.Money{}
	return h.One(h.ctx, 0, d).ID
}

func ids(all ...id.ID) []id.ID { return all }

func (h *house) approve(o id.ID) {
	h.T.Helper()
	if _, err := h.Orders.Approve(h.ctx, order.ApproveInput{OrderID: o}); err != nil {
		h.T.Fatal(err)
	}
}

func (h *house) drain() {
	h.T.Helper()
	for range 2 {
		if err := h.Kit.Runner.Drain(h.ctx); err != nil {
			h.T.Fatal(err)
		}
		if err := h.Kit.Jobs.Drain(h.ctx); err != nil {
			h.T.Fatal(err)
		}
	}
}

func (h *house) preview(in routing.PreviewInput) routing.Preview {
	h.T.Helper()
	p, err := h.s.Preview(h.ctx, in)
	if err != nil {
		h.T.Fatal(err)
	}
	return p
}

func wants(t *testing.T, what string, p routing.Preview, want string) {
	t.Helper()
	got := ""
	for _, o := range routing.Outcomes {
		if n := p.Counts[o]; n > 0 {
			got += fmt.Sprintf("%s %d ", o, n)
		}
	}
	for _, w := range p.Warehouses {
		got += fmt.Sprintf("%s:%d/%d ", w.Name, w.Orders, w.Pieces)
	}
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestAPreviewSaysWhatRulesWouldDoAndChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		home, err := h.Stock.Warehouses(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(home, func(w inventory.Warehouse) bool { return w.ID == h.Warehouse })
		a := home[at].Name
		h.receive(h.Warehouse, 4)
		h.receive(h.b, 4)
		first, second := h.order("1", 3), h.order("2", 3)
		third := h.order("3", 2) // one here and one there: nobody has both
		h.approve(third)
		wants(t, "saved rules", h.preview(routing.PreviewInput{Scope: routing.Unallocated}), "whole 2 waiting 1 "+a+":1/3 成都仓:1/3 ")
		split := []allocate.Rule{{Name: "拆", Active: true, Action: allocate.Action{Strategy: allocate.ByPriority, Shortage: allocate.ShortSplit}}}
		p := h.preview(routing.PreviewInput{Scope: routing.Unallocated, Rules: split})
		wants(t, "rules that split", p, "whole 2 split 1 "+a+":2/4 成都仓:2/4 ")
		if one := h.preview(routing.PreviewInput{Scope: routing.Unallocated, Rules: split, Show: routing.Split}); len(one.Rows) != 1 || one.Rows[0].OrderID != third ||
			one.Rows[0].Trace.Rule != "拆" || len(one.Rows[0].Trace.Candidates) != 2 || one.Checked != 3 {
			t.Errorf("%+v", one.Rows)
		}
		if rows, _, err := h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{first, second}, ByRules: true}); err != nil || rows[0].Code+rows[1].Code != "" {
			t.Fatal(rows, err)
		}
		wants(t, "what is left", h.preview(routing.PreviewInput{Scope: routing.Unallocated}), "waiting 1 ")
		all := h.preview(routing.PreviewInput{Scope: routing.Open})
		wants(t, "all that have not left", all, "waiting 1 unchanged 2 "+a+":1/3 成都仓:1/3 ")
		// Only from B: what stands in A would move, if B had it.
		h.receive(h.b, 5)
		onlyB := []allocate.Rule{{Name: "只从成都", Active: true, Action: allocate.Action{WarehouseIDs: []id.ID{h.b}, Strategy: allocate.ByPriority, Shortage: allocate.ShortWait}}}
		wants(t, "only from there", h.preview(routing.PreviewInput{Scope: routing.Open, Rules: onlyB}), "whole 2 unchanged 1 成都仓:3/8 ")
		if o := h.Load(h.ctx, first); o.WarehouseID == h.b && h.Load(h.ctx, second).WarehouseID == h.b {
			t.Error("a preview moved orders")
		}
	})
}

func TestASealedOrderIsLeftAndTheRestIsAllocatedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.Warehouse, 6)
		sealed, loose := h.order("1", 2), h.order("2", 2)
		rows, _, err := h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{sealed, loose}, ByRules: true})
		if err != nil || rows[0].Code+rows[1].Code != "" {
			t.Fatal(rows, err)
		}
		if _, err := h.ship.Seal(h.ctx, fulfillment.SealInput{IDs: []id.ID{rows[0].FulfillmentOrderID}, Reason: fulfillment.SealPrint}); err != nil {
			t.Fatal(err)
		}
		h.receive(h.b, 4)
		if _, err := h.ship.Rules().SaveRule(h.ctx, allocate.Rule{Name: "只从成都", Active: true, Action: allocate.Action{WarehouseIDs: []id.ID{h.b}, Strategy: allocate.ByPriority, Shortage: allocate.ShortWait}}); err != nil {
			t.Fatal(err)
		}
		p := h.preview(routing.PreviewInput{Scope: routing.Open})
		wants(t, "before", p, "whole 1 skipped 1 成都仓:1/2 ")
		if len(p.Skips) != 1 || p.Skips[0].Code != routing.ErrAllKept.Code || len(p.Skips[0].Sample) != 1 {
			t.Errorf("%+v", p.Skips)
		}
		j, err := h.s.Run(h.ctx, routing.RunInput{Scope: routing.Open})
		if err != nil {
			t.Fatal(err)
		}
		h.drain()
		if j, err = h.Kit.Jobs.Get(h.ctx, j.ID); err != nil || j.State != job.Succeeded || j.OKCount != 1 || j.SkippedCount != 1 {
			t.Errorf("%+v %v", j, err)
		}
		if h.Load(h.ctx, sealed).WarehouseID != h.Warehouse || h.Load(h.ctx, loose).WarehouseID != h.b {
			t.Errorf("sealed stands in %d, the other in %d", h.Load(h.ctx, sealed).WarehouseID, h.Load(h.ctx, loose).WarehouseID)
		}
		if found, err := h.Stock.Verify(h.ctx); err != nil || len(found) > 0 {
			t.Errorf("%v %v", found, err)
		}
	})
}

func TestApprovedOrdersAreAllocatedByThemselvesWhereTheMerchantWantsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.b, 2)
		before := h.order("1", 1)
		h.drain()
		if h.Load(h.ctx, before).WarehouseID != 0 {
			t.Fatal("allocated although nobody asked for it")
		}
		if _, err := h.setting.Set(h.ctx, setting.SetInput{Name: routing.AfterApproval, Value: json.RawMessage("true")}); err != nil {
			t.Fatal(err)
		}
		one := h.order("2", 1)
		h.drain()
		if o := h.Load(h.ctx, one); o.ApprovedAt == 0 || o.WarehouseID != h.b || o.Lines[0].Allocated != 1 {
			t.Errorf("approved at %d, allocated to %d", o.ApprovedAt, o.WarehouseID)
		}
		// Without goods it does not approve itself; approved by a person, it waits for them.
		none := h.order("3", 1)
		h.drain()
		if o := h.Load(h.ctx, none); o.ApprovedAt != 0 || !o.OnHold(order.HoldOutOfStock) {
			t.Errorf("approved at %d, holds %v", o.ApprovedAt, o.Holds)
		}
		h.approve(none)
		h.drain()
		var waits id.ID
		if err := d.QueryRow(h.ctx, `SELECT order_id FROM fulfillment_waiting WHERE merchant_id = ?`, kittest.Merchant).Scan(&waits); err != nil || waits != none {
			t.Errorf("%d waits, %v", waits, err)
		}
		h.receive(h.b, 1)
		if _, err := h.s.Run(h.ctx, routing.RunInput{OrderIDs: []id.ID{none}}); err != nil {
			t.Fatal(err)
		}
		h.drain()
		if o := h.Load(h.ctx, none); o.WarehouseID != h.b || o.OnHold(order.HoldOutOfStock) {
			t.Errorf("when goods came: %d, holds %v", o.WarehouseID, o.Holds)
		}
	})
}

func TestWhatCannotBePreviewedOrRunIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		bad := allocate.Rule{Name: "x", Active: true, Condition: rule.Condition{Field: "mood", Op: "eq", Value: json.RawMessage(`"x"`)}, Action: allocate.Action{Strategy: allocate.ByCost, Shortage: allocate.ShortWait}}
		for what, c := range map[string]struct {
			in   routing.PreviewInput
			want string
		}{
			"a scope of nothing": {routing.PreviewInput{Scope: "all"}, routing.ErrBadScope.Code},
			"an unknown field":   {routing.PreviewInput{Scope: routing.Open, Rules: []allocate.Rule{bad}}, rule.ErrUnknownField.Code},
		} {
			if _, err := h.s.Preview(h.ctx, c.in); errs.As(err) == nil || errs.As(err).Code != c.want {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := h.s.Run(h.ctx, routing.RunInput{Scope: routing.Open}); errs.As(err) == nil || errs.As(err).Code != routing.ErrNothing.Code {
			t.Errorf("no order: %v", err)
		}
		clerk := kittest.As(h.ctx, fulfillment.PermitRead)
		if _, err := h.s.Preview(clerk, routing.PreviewInput{Scope: routing.Open}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("without the right: %v", err)
		}
		if _, err := h.s.Run(clerk, routing.RunInput{Scope: routing.Open}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("without the right: %v", err)
		}
	})
}
