package fulfillment

import (
	"context"
	"testing"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
)

func (h *house) warehouse(code string) id.ID {
	h.t.Helper()
	w, err := h.stock.CreateWarehouse(h.ctx, inventory.WarehouseInput{Code: code, Name: "仓库" + code})
	if err != nil {
		h.t.Fatal(err)
	}
	return w.ID
}

func (h *house) receive(code string, warehouse id.ID, n int64) {
	h.t.Helper()
	if err := h.stock.Receive(h.ctx, inventory.ReceiveInput{Lines: []inventory.Receipt{{SKUID: h.skus[code], WarehouseID: warehouse, Quantity: n}}}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) reservedAt(code string, warehouse id.ID) (n int64) {
	h.t.Helper()
	err := h.k.DB.QueryRow(h.ctx, `SELECT COALESCE(SUM(quantity), 0) FROM inventory_reservation WHERE merchant_id = ? AND sku_id = ? AND warehouse_id = ?`,
		kittest.Merchant, h.skus[code], warehouse).Scan(&n)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestAllocatingMovesTheReservationAndMakesAFulfillmentOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 5)
		east := h.warehouse("EAST")
		h.receive("A", east, 5)
		o := h.put(h.doc("1", item{"A", 3}))[0]
		out, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o, WarehouseID: east})
		if err != nil || out.WarehouseID != east || out.FulfillmentOrderID == 0 {
			t.Fatalf("%+v %v", out, err)
		}
		if h.reservedAt("A", east) != 3 || h.reservedAt("A", h.wh) != 0 || h.load(o).WarehouseID != east {
			t.Errorf("reserved %d there, %d here", h.reservedAt("A", east), h.reservedAt("A", h.wh))
		}
		again, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o, WarehouseID: east})
		if err != nil || !again.Unchanged || again.FulfillmentOrderID != out.FulfillmentOrderID {
			t.Errorf("again: %+v %v", again, err)
		}
		back, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o, WarehouseID: h.wh})
		if err != nil || back.FulfillmentOrderID == out.FulfillmentOrderID {
			t.Fatalf("back: %+v %v", back, err)
		}
		if n := h.count("fulfillment_order", "state = 'open'"); n != 1 {
			t.Errorf("%d open fulfillment orders", n)
		}
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(1)}); err != nil {
			t.Fatal(err)
		}
		p, _, _ := h.s.Parcels(h.ctx, ParcelFilter{OrderID: o})
		if len(p) != 1 || p[0].FulfillmentOrderID != back.FulfillmentOrderID || p[0].WarehouseID != h.wh {
			t.Errorf("parcel %+v", p)
		}
		if n := h.count("fulfillment_order", "state = 'shipped'"); n != 1 || h.count("fulfillment_order", "") != 2 {
			t.Errorf("%d shipped of %d", n, h.count("fulfillment_order", ""))
		}
		h.sound()
	})
}

func TestAWarehouseThatIsShortGetsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 5)
		east := h.warehouse("EAST")
		h.receive("A", east, 2)
		o := h.put(h.doc("1", item{"A", 3}))[0]
		if _, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o, WarehouseID: east}); code(err) != "fulfillment.short" {
			t.Errorf("%v", err)
		}
		if h.reservedAt("A", h.wh) != 3 || h.reservedAt("A", east) != 0 || h.count("fulfillment_order", "") != 0 {
			t.Error("the refusal moved something")
		}
		h.sound()
	})
}

func TestAnOrderThatWasShortIsReservedWhereTheGoodsAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 1)
		h.sku("B", 5)
		east := h.warehouse("EAST")
		h.receive("A", east, 9)
		h.receive("B", east, 9)
		o := h.put(h.doc("1", item{"A", 3}, item{"B", 1}))[0]
		h.approve(o)
		if _, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o, WarehouseID: east}); err != nil {
			t.Fatal(err)
		}
		if h.reservedAt("A", east) != 3 || h.reservedAt("B", east) != 1 || h.reservedAt("B", h.wh) != 0 {
			t.Errorf("A %d, B %d there, B %d here", h.reservedAt("A", east), h.reservedAt("B", east), h.reservedAt("B", h.wh))
		}
		if got := h.load(o); got.OnHold(order.HoldOutOfStock) {
			t.Error("still on hold for want of stock")
		}
		h.sound()
	})
}

func TestOrdersThatCannotBeAllocatedAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 20)
		east := h.warehouse("EAST")
		h.receive("A", east, 20)
		unpaid := h.doc("U", item{"A", 1})
		unpaid.Status, unpaid.PaidAt = order.ChannelPendingPayment, 0
		ids := h.put(h.doc("1", item{"A", 3}), unpaid)
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: ids[0], WaybillNo: yt(1), SKUs: []SKUQty{{"A", 1}}}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			ctx  context.Context
			in   AllocateInput
			want string
		}{
			{"part of it has left from elsewhere", h.ctx, AllocateInput{OrderID: ids[0], WarehouseID: east}, "fulfillment.partly_shipped"},
			{"not paid", h.ctx, AllocateInput{OrderID: ids[1]}, "fulfillment.not_allocatable"},
			{"no such order", h.ctx, AllocateInput{OrderID: 5}, "order.not_found"},
			{"no such warehouse", h.ctx, AllocateInput{OrderID: ids[0], WarehouseID: 5}, "fulfillment.no_warehouse"},
			{"without the permission", kittest.As(h.ctx, PermitShip), AllocateInput{OrderID: ids[0]}, "actor.forbidden"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if _, err := h.s.Allocate(c.ctx, c.in); code(err) != c.want {
					t.Errorf("%v, want %s", err, c.want)
				}
			})
		}
		if _, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: ids[0]}); err != nil {
			t.Errorf("the rest from where the first part left: %v", err)
		}
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: ids[0], WaybillNo: yt(2)}); err != nil {
			t.Error(err)
		}
		if n := h.count("fulfillment_order", "state = 'open'"); n != 0 {
			t.Errorf("%d open", n)
		}
		h.sound()
	})
}

func TestManyOrdersAreAllocatedEachForItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 100)
		east := h.warehouse("EAST")
		h.receive("A", east, 4)
		ids := h.put(h.doc("1", item{"A", 3}), h.doc("2", item{"A", 3}), h.doc("3", item{"A", 1}))
		ids = append(ids, 77)
		in := BulkInput{OrderIDs: ids, WarehouseID: east, DryRun: true}
		want := []string{"", "fulfillment.short", "", "order.not_found"}
		see := func(rows []BulkRow, err error) {
			t.Helper()
			if err != nil || len(rows) != len(want) {
				t.Fatalf("%v %v", rows, err)
			}
			for i, r := range rows {
				if r.Code != want[i] || r.OrderID != ids[i] {
					t.Errorf("row %d: %s of %d, want %s", i, r.Code, r.OrderID, want[i])
				}
			}
		}
		rows, _, err := h.s.AllocateMany(h.ctx, in)
		see(rows, err)
		if h.reservedAt("A", east) != 0 || h.count("fulfillment_order", "") != 0 {
			t.Error("the dry run wrote something")
		}
		in.DryRun = false
		rows, _, err = h.s.AllocateMany(h.ctx, in)
		see(rows, err)
		if h.reservedAt("A", east) != 4 {
			t.Errorf("%d reserved there", h.reservedAt("A", east))
		}
		h.sound()
	})
}

func TestVeryManyOrdersBecomeAJob(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 1000)
		var docs = h.docs(250, "A")
		ids := append(h.put(docs...), 77)
		rows, j, err := h.s.AllocateMany(h.ctx, BulkInput{OrderIDs: ids})
		if err != nil || rows != nil || j == nil || j.Total != 251 {
			t.Fatalf("%v %v %v", rows, j, err)
		}
		done := h.drain(j.ID)
		if done.State != job.Succeeded || done.OKCount != 250 || done.FailedCount != 1 {
			t.Errorf("%s ok %d failed %d", done.State, done.OKCount, done.FailedCount)
		}
		if failed := h.rows(j.ID, job.Bad); failed[251] != "order.not_found" {
			t.Errorf("failed %v", failed)
		}
		again, err := h.k.Jobs.RetryFailed(h.ctx, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if done := h.drain(again.ID); done.Total != 1 || done.FailedCount != 1 {
			t.Errorf("retry: total %d failed %d", done.Total, done.FailedCount)
		}
		if n := h.count("fulfillment_order", "state = 'open'"); n != 250 {
			t.Errorf("%d fulfillment orders", n)
		}
		if _, _, err := h.s.AllocateMany(kittest.As(h.ctx, PermitShip), BulkInput{OrderIDs: ids}); code(err) != "actor.forbidden" {
			t.Errorf("without the permission: %v", err)
		}
	})
}
