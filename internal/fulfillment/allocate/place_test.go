package allocate_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/waiting"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// house is a shop that approves by itself, whose home is one warehouse of two.
type house struct {
	*ordertest.World
	ctx  context.Context
	ship *fulfillment.Service
	b    id.ID // the other warehouse
	sku  id.ID
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
	h := &house{World: w, ctx: ctx, ship: fulfillment.New(k, w.Shops, w.Catalog, w.Stock, w.Orders)}
	waiting.New(k, w.Catalog, w.Orders, h.ship)
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

// doc is an order of n pieces.
func (h *house) doc(no string, n int64) order.Document {
	d := h.Doc(no, "A-1")
	d.Lines, d.Money = []order.Line{ordertest.Line("A-1", n, 2500)}, order.Money{}
	return d
}

// reservedAt is what orders hold in a warehouse.
func (h *house) reservedAt(warehouse id.ID) (n int64) {
	h.T.Helper()
	err := h.Kit.DB.QueryRow(h.ctx, `SELECT COALESCE(SUM(quantity), 0) FROM inventory_reservation WHERE merchant_id = ? AND warehouse_id = ?`, kittest.Merchant, warehouse).Scan(&n)
	if err != nil {
		h.T.Fatal(err)
	}
	return n
}

func (h *house) sound() {
	h.T.Helper()
	if found, err := h.Stock.Verify(h.ctx); err != nil || len(found) > 0 {
		h.T.Fatalf("stock: %v %v", found, err)
	}
}

func (h *house) rule(a allocate.Action) {
	h.T.Helper()
	if _, err := h.ship.Rules().SaveRule(h.ctx, allocate.Rule{Name: "分仓", Active: true, Action: a}); err != nil {
		h.T.Fatal(err)
	}
}

func TestGoodsThatLieOnlyInAnotherWarehouseLetAnOrderApproveItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.b, 3)
		o := h.One(h.ctx, 0, h.doc("1", 2))
		if o.ApprovedAt == 0 || o.ApprovedBy != 0 || o.OnHold(order.HoldOutOfStock) || h.reservedAt(h.b) != 2 || h.reservedAt(h.Warehouse) != 0 {
			t.Fatalf("approved at %d by %d, holds %v, %d reserved there", o.ApprovedAt, o.ApprovedBy, o.Holds, h.reservedAt(h.b))
		}
		// The same document again changes nothing.
		if again := h.One(h.ctx, 0, h.doc("1", 2)); again.Version != o.Version || h.reservedAt(h.b) != 2 {
			t.Errorf("again: version %d after %d", again.Version, o.Version)
		}
		rows, _, err := h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{o.ID}, ByRules: true})
		if err != nil || rows[0].Code != "" || rows[0].WarehouseID != h.b {
			t.Fatalf("%+v %v", rows, err)
		}
		// Goods nowhere: it waits and says why; one piece is left, and two are wanted.
		short := h.One(h.ctx, 0, h.doc("2", 2))
		if short.ApprovedAt != 0 || !short.OnHold(order.HoldOutOfStock) || h.reservedAt(h.b) != 2 {
			t.Errorf("approved at %d, holds %v, %d reserved there", short.ApprovedAt, short.Holds, h.reservedAt(h.b))
		}
		h.receive(h.b, 1)
		if err := h.Kit.Runner.Drain(h.ctx); err != nil {
			t.Fatal(err)
		}
		if err := h.Kit.Jobs.Drain(h.ctx); err != nil {
			t.Fatal(err)
		}
		if short = h.Load(h.ctx, short.ID); short.ApprovedAt == 0 || h.reservedAt(h.b) != 4 {
			t.Errorf("when goods came: approved at %d, holds %v", short.ApprovedAt, short.Holds)
		}
		h.sound()
	})
}

func TestOnlyWarehousesOfTheRulesServeAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.b, 3)
		h.rule(allocate.Action{WarehouseIDs: []id.ID{h.Warehouse}, Strategy: allocate.ByPriority, Shortage: allocate.ShortPartial})
		if o := h.One(h.ctx, 0, h.doc("1", 1)); o.ApprovedAt != 0 || !o.OnHold(order.HoldOutOfStock) || h.reservedAt(h.b) != 0 {
			t.Errorf("approved at %d, holds %v", o.ApprovedAt, o.Holds)
		}
	})
}

func TestAnOrderIsSharedOutWhereTheRulesSplitIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.b, 2)
		h.receive(h.Warehouse, 1)
		whole := h.One(h.ctx, 0, h.doc("1", 3))
		if whole.ApprovedAt != 0 || h.reservedAt(h.b)+h.reservedAt(h.Warehouse) != 0 {
			t.Fatalf("no warehouse has three: approved at %d", whole.ApprovedAt)
		}
		h.rule(allocate.Action{Strategy: allocate.ByPriority, Shortage: allocate.ShortSplit})
		o := h.One(h.ctx, 0, h.doc("2", 3))
		if o.ApprovedAt == 0 || h.reservedAt(h.b) != 2 || h.reservedAt(h.Warehouse) != 1 {
			t.Errorf("approved at %d, holds %v, %d there, %d here", o.ApprovedAt, o.Holds, h.reservedAt(h.b), h.reservedAt(h.Warehouse))
		}
		if _, err := h.Orders.Close(h.ctx, order.CloseInput{OrderID: o.ID, Reason: "buyer_cancelled"}); err != nil {
			t.Fatal(err)
		}
		if n := h.reservedAt(h.b) + h.reservedAt(h.Warehouse); n != 0 {
			t.Errorf("closed, and it holds %d", n)
		}
		h.sound()
	})
}

// The channel says that an order left, without a parcel of ours: what it had reserved in
// the other warehouse left from there.
func TestAnOrderThatLeftWithoutUsIsDeductedWhereItsGoodsWereReserved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.b, 5)
		h.One(h.ctx, 0, h.doc("1", 2))
		gone := h.doc("1", 2)
		gone.Status, gone.StatusRaw, gone.ShippedAt = order.ChannelShipped, "已发货", gone.PaidAt+1000
		o := h.One(h.ctx, clock.Millis(h.Kit.Clock)+1000, gone)
		free, err := h.Stock.OnHandTx(h.ctx, h.Kit.DB, h.sku, h.b)
		if err != nil || free != 3 || h.reservedAt(h.b) != 0 || len(o.Holds) != 0 {
			t.Errorf("%d on hand there, %d reserved, holds %v, %v", free, h.reservedAt(h.b), o.Holds, err)
		}
		h.sound()
	})
}

// Orders race for the last pieces of the other warehouse: as many are approved as there
// are pieces, the others wait, and nothing is promised twice.
func TestOrdersThatRaceForGoodsElsewhereNeverOversell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		const orders, pieces = 8, 3
		h.receive(h.b, pieces)
		var all sync.WaitGroup
		errs := make([]error, orders)
		for i := range orders {
			all.Go(func() {
				_, errs[i] = h.TryApply(h.ctx, 0, h.doc(fmt.Sprint("R", i), 1))
			})
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		var approved, waiting int
		if err := h.Kit.DB.QueryRow(h.ctx, `SELECT COUNT(CASE WHEN approved_at > 0 THEN 1 END), COUNT(CASE WHEN approved_at = 0 AND problem = 1 THEN 1 END) FROM order_head WHERE merchant_id = ?`,
			kittest.Merchant).Scan(&approved, &waiting); err != nil {
			t.Fatal(err)
		}
		if approved != pieces || waiting != orders-pieces || h.reservedAt(h.b) != pieces {
			t.Errorf("%d approved, %d wait, %d reserved", approved, waiting, h.reservedAt(h.b))
		}
		h.sound()
	})
}

// Pieces are found missing after they let an order be approved: it goes back to waiting
// for goods instead of being sent out of nothing.
func TestGoodsThatAreLostBeforeAllocationSendAnOrderBackToWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.b, 2)
		o := h.One(h.ctx, 0, h.doc("1", 2))
		kittest.InTx(t, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := h.Stock.LoseTx(ctx, tx, inventory.Loss{SKUID: h.sku, WarehouseID: h.b, Quantity: 1, Orders: []id.ID{o.ID}, Ref: "找不到"})
			return err
		})
		rows, _, err := h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{o.ID}, ByRules: true})
		if err != nil || rows[0].Code != fulfillment.ErrWaiting.Code {
			t.Fatalf("%+v %v", rows, err)
		}
		h.sound()
	})
}
