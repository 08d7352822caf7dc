package place_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/place"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

type desk struct {
	*ordertest.World
	ctx   context.Context
	ships *fulfillment.Service
	s     *place.Service
	other id.ID
	tea   id.ID
}

// open is a shop whose own warehouse has one piece of tea, and another one.
func open(t *testing.T, d *db.DB, there int64) *desk {
	w, ctx := ordertest.New(t, d)
	x := &desk{World: w, ctx: ctx, ships: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	x.s = place.New(w.Kit, x.ships, w.Orders, w.Shops, w.Stock, w.Catalog)
	x.tea = w.SKU(ctx, "TEA", 1)
	wh, err := w.Stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: "B", Name: "白桦仓"})
	if err != nil {
		t.Fatal(err)
	}
	x.other = wh.ID
	if there > 0 {
		if err := w.Stock.Receive(ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: x.tea, WarehouseID: wh.ID, Quantity: there}}}); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func (x *desk) two(no string) order.Order {
	d := x.Doc(no, "TEA")
	d.Lines = []order.Line{ordertest.Line("TEA", 2, 5000)}
	return x.One(x.ctx, 0, d)
}

func (x *desk) held(o id.ID) map[id.ID]int64 {
	x.T.Helper()
	all, err := x.Stock.ReservedTx(x.ctx, x.Kit.DB, []id.ID{o})
	if err != nil {
		x.T.Fatal(err)
	}
	out := map[id.ID]int64{}
	for _, h := range all {
		out[h.WarehouseID] += h.Quantity
	}
	return out
}

func TestAnOrderThatItsOwnWarehouseIsShortOfIsPlacedWhereTheGoodsAreAndApproved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, 5)
		o := x.two("P1")
		if !o.OnHold(order.HoldOutOfStock) {
			t.Fatal("the own warehouse has one of two")
		}
		list, err := x.s.Candidates(x.ctx, o.ID)
		if err != nil || len(list) != 2 || list[0].WarehouseID != x.other || list[0].Reason != place.Whole || list[1].Reason != place.Short || list[1].Has != 1 || !list[1].Here || list[1].Wanted != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		r, err := x.s.Choose(x.ctx, place.Input{OrderID: o.ID, Version: o.Version, WarehouseID: x.other})
		if err != nil || r.State != order.AwaitingApproval {
			t.Fatal(r, err)
		}
		o = x.Load(x.ctx, o.ID)
		if o.OnHold(order.HoldOutOfStock) || o.WarehouseID != x.other || o.Problem {
			t.Errorf("%+v", o.Holds)
		}
		if h := x.held(o.ID); h[x.other] != 2 || len(h) != 1 {
			t.Errorf("%v", h)
		}
		if _, err := x.Orders.Approve(x.ctx, order.ApproveInput{OrderID: o.ID, Version: r.Version}); err != nil {
			t.Fatal(err)
		}
		// Where the order stands, allocation leaves it.
		a, err := x.ships.Allocate(x.ctx, fulfillment.AllocateInput{OrderID: o.ID})
		if err != nil || a.WarehouseID != x.other {
			t.Fatalf("%+v %v", a, err)
		}
		// Approved, it is allocated anew: back home there is too little.
		if _, err := x.s.Choose(x.ctx, place.Input{OrderID: o.ID, WarehouseID: x.Warehouse}); !errors.Is(err, fulfillment.ErrShort) {
			t.Error(err)
		}
		x.Receive(x.ctx, x.tea, 1)
		if _, err := x.s.Choose(x.ctx, place.Input{OrderID: o.ID, WarehouseID: x.Warehouse}); err != nil {
			t.Error(err)
		}
		if h := x.held(o.ID); h[x.Warehouse] != 2 || len(h) != 1 {
			t.Errorf("%v", h)
		}
		if found, err := x.Stock.Verify(x.ctx); err != nil || len(found) > 0 {
			t.Error(found, err)
		}
	})
}

func TestAWarehouseIsJudgedByTheCityItDeliversTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, 5)
		o := x.two("P1") // goes to 杭州市
		for city, want := range map[string]string{"杭州市": place.NotServed, "宁波市": place.Whole} {
			if _, err := x.ships.Rules().SetSite(x.ctx, allocate.Site{WarehouseID: x.other, Areas: []allocate.Area{{Province: "浙江省", City: city}}}); err != nil {
				t.Fatal(err)
			}
			list, err := x.s.Candidates(x.ctx, o.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				if c.WarehouseID == x.other && c.Reason != want {
					t.Errorf("not serving %s: %s, want %s", city, c.Reason, want)
				}
			}
		}
	})
}

func TestAWarehouseThatHasTooLittleTakesNothingOfTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, 1)
		one := x.One(x.ctx, 0, x.Doc("P1", "TEA")) // holds the only piece at home
		two := x.two("P2")
		if _, err := x.s.Choose(x.ctx, place.Input{OrderID: two.ID, WarehouseID: x.other}); !errors.Is(err, inventory.ErrInsufficient) {
			t.Error(err)
		}
		if got := x.Load(x.ctx, two.ID); got.Version != two.Version || len(x.held(two.ID)) != 0 {
			t.Errorf("it changed: %+v", got)
		}
		if _, err := x.s.Choose(x.ctx, place.Input{OrderID: one.ID, Version: one.Version + 1, WarehouseID: x.other}); !errors.Is(err, order.ErrChanged) {
			t.Error(err)
		}
		if _, err := x.s.Choose(x.ctx, place.Input{OrderID: one.ID, WarehouseID: 77}); !errors.Is(err, fulfillment.ErrNoWarehouse) {
			t.Error(err)
		}
		if _, err := x.s.Choose(x.ctx, place.Input{OrderID: one.ID, WarehouseID: x.other}); err != nil {
			t.Error(err)
		}
		if h := x.held(one.ID); h[x.other] != 1 || len(h) != 1 {
			t.Errorf("%v", h)
		}
		if _, err := x.s.Choose(x.ctx, place.Input{OrderID: 99, WarehouseID: x.other}); !errors.Is(err, order.ErrNotFound) {
			t.Error(err)
		}
		if found, err := x.Stock.Verify(x.ctx); err != nil || len(found) > 0 {
			t.Error(found, err)
		}
	})
}
