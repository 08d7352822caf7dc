package waiting

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// queued is a floor with a second warehouse, from which the rules ship too.
func queued(t testing.TB, d *db.DB) (x *floor, east id.ID) {
	var place order.Placer
	w, ctx := ordertest.With(t, d, []order.Option{order.PlaceBy(func(ctx context.Context, tx *db.Tx, all []*order.Order) (map[id.ID]bool, error) {
		return place(ctx, tx, all)
	})})
	place = allocate.New(w.Kit, w.Catalog, w.Stock).PlaceTx
	x = &floor{World: w, ctx: ctx, ships: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	x.s = New(w.Kit, w.Catalog, w.Orders, x.ships)
	x.policy(allocate.ShortWait)
	wh, err := w.Stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: "EAST", Name: "东仓"})
	if err != nil {
		t.Fatal(err)
	}
	return x, wh.ID
}

func (x *floor) arrive(sku, warehouse id.ID, n int64) {
	x.T.Helper()
	if err := x.Stock.Receive(x.ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: sku, WarehouseID: warehouse, Quantity: n}}}); err != nil {
		x.T.Fatal(err)
	}
}

// holding are those of orders that hold their goods, by their place in the list.
func (x *floor) holding(orders []id.ID) (out []int) {
	x.T.Helper()
	all, err := x.Stock.ReservedTx(x.ctx, x.Kit.DB, orders)
	if err != nil {
		x.T.Fatal(err)
	}
	for _, r := range all {
		out = append(out, slices.Index(orders, r.OrderID))
	}
	slices.Sort(out)
	return out
}

func TestApprovedAndUnapprovedStandInOneQueueForGoodsOfAnyWarehouse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, east := queued(t, d)
		sku := x.SKU(x.ctx, "A", 0)
		var orders []id.ID
		for i, due := range []int64{9, 7, 5, 0, 20, 6} {
			orders = append(orders, x.order(fmt.Sprintf("Q%d", i), due, ordertest.Line("A", 1, 100)))
		}
		for _, i := range []int{1, 4} {
			x.approve(orders[i])
			x.route(orders[i])
		}
		if _, err := x.ships.Urge(x.ctx, fulfillment.UrgeInput{OrderID: orders[4], Urgency: fulfillment.UrgencyBuyer}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.s.Agree(x.ctx, AgreeInput{OrderIDs: orders[5:], Agreed: AgreedRefund}); err != nil {
			t.Fatal(err)
		}
		for n, want := range []string{"[4]", "[2 4]", "[1 2 4]", "[0 1 2 4]", "[0 1 2 3 4]", "[0 1 2 3 4]"} {
			x.arrive(sku, []id.ID{x.Warehouse, east}[n%2], 1)
			x.settle()
			if got := fmt.Sprint(x.holding(orders)); got != want {
				t.Errorf("after piece %d: %s hold goods, want %s", n+1, got, want)
			}
		}
		if o := x.Load(x.ctx, orders[1]); o.Lines[0].Allocated != 1 || o.OnHold(order.HoldOutOfStock) {
			t.Errorf("the approved one was not allocated: %+v", o)
		}
		if o := x.Load(x.ctx, orders[0]); o.Lines[0].Allocated != 0 || o.OnHold(order.HoldOutOfStock) {
			t.Errorf("the unapproved one is not just reserved: %+v", o)
		}
		if found, err := x.Stock.Verify(x.ctx); err != nil || len(found) > 0 {
			t.Errorf("stock: %v %v", found, err)
		}
	})
}

func TestAKilledRoundOfArrivalsGoesOnBehindWhomItServed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, _ := queued(t, d)
		sku := x.SKU(x.ctx, "A", 0)
		var docs []order.Document
		for i := range serveBatch + 20 { // the last to come are due first
			doc := x.Doc(fmt.Sprintf("K%03d", i), "A")
			doc.ShipByAt = doc.PlacedAt + int64(1000-i)*3_600_000
			docs = append(docs, doc)
		}
		var orders []id.ID
		for _, a := range x.Apply(x.ctx, 0, docs...) {
			orders = append(orders, a.OrderID)
		}
		x.arrive(sku, x.Warehouse, serveBatch+10)
		kittest.InTx(t, x.Kit, x.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := x.Kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: serveJob, Visible: true}) // visible ones tell of their steps
			return err
		})
		dying, die := context.WithCancel(x.ctx)
		x.Kit.Jobs.OnChange(func(id.ID) {
			if len(x.holding(orders)) > 0 {
				die()
			}
		})
		_ = x.Kit.Jobs.Drain(dying)
		if n := len(x.holding(orders)); n != serveBatch {
			t.Fatalf("%d orders were served when the run broke: it proves nothing", n)
		}
		kittest.Clock(x.Kit).Advance(time.Hour)
		if err := x.Kit.Jobs.Drain(x.ctx); err != nil {
			t.Fatal(err)
		}
		if jobs, _, err := x.Kit.Jobs.List(x.ctx, job.ListInput{Kind: serveJob}); err != nil || len(jobs) != 1 || jobs[0].State != job.Succeeded || jobs[0].Done != int64(len(orders)) {
			t.Errorf("%+v, %v", jobs, err)
		}
		got := x.holding(orders)
		if len(got) != serveBatch+10 || got[0] != 10 {
			t.Errorf("%d orders hold goods, the first is %v", len(got), got[:1])
		}
		if left, err := queue(x.ctx, d); err != nil || len(left) != 0 {
			t.Errorf("nothing is free, and %d are looked at: %v", len(left), err)
		}
	})
}

func TestApprovedAndUnapprovedInTurnsCostNoMoreThanOneAfterTheOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, _ := queued(t, d)
		sku := x.SKU(x.ctx, "A", 0)
		serve := func(round string, approved func(i int) bool) int64 {
			const n = 60
			var orders []id.ID
			for i := range n {
				orders = append(orders, x.order(fmt.Sprintf("%s%02d", round, i), int64(i+1), ordertest.Line("A", 1, 100)))
				if approved(i) {
					x.approve(orders[i])
				}
			}
			x.settle()
			for i, o := range orders {
				if approved(i) {
					x.route(o)
				}
			}
			x.settle()
			was := d.Statements()
			x.arrive(sku, x.Warehouse, n)
			x.settle()
			if got := len(x.holding(orders)); got != n {
				t.Fatalf("%d of %d hold goods", got, n)
			}
			return d.Statements() - was
		}
		apart := serve("P", func(i int) bool { return i < 30 })
		mixed := serve("M", func(i int) bool { return i%2 == 0 })
		if mixed > apart*11/10 {
			t.Errorf("served in turns they take %d statements, one kind after the other %d", mixed, apart)
		}
	})
}
