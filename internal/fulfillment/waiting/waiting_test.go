package waiting

import (
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

func code(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	return fmt.Sprint(err)
}

func TestArrivalsGoToTheUrgentAndThenToThoseDueFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := ordertest.New(t, d)
		ship := fulfillment.New(h.Kit, h.Shops, h.Catalog, h.Stock, h.Orders)
		s := New(h.Kit, h.Catalog, h.Orders, ship)
		sku := h.SKU(ctx, "A", 0)
		// The orders stand in another warehouse: nobody reserves these goods before they are given out.
		east, err := h.Stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: "EAST", Name: "东仓"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ship.Rules().SaveRule(ctx, allocate.Rule{Name: "等货", Active: true,
			Action: allocate.Action{WarehouseIDs: []id.ID{east.ID}, Strategy: allocate.ByPriority, Shortage: allocate.ShortAsk}}); err != nil {
			t.Fatal(err)
		}
		var orders []id.ID
		for i, due := range []int64{9, 5, 7, 0} {
			doc := h.Doc(fmt.Sprintf("W%d", i), "A")
			doc.Lines = []order.Line{ordertest.Line("A", 2, 100)}
			doc.Money = order.Money{}
			if due > 0 {
				doc.ShipByAt = clock.Millis(h.Kit.Clock) + due*3_600_000
			}
			o := h.One(ctx, 0, doc).ID
			if _, err := h.Orders.Approve(ctx, order.ApproveInput{OrderID: o}); err != nil {
				t.Fatal(err)
			}
			orders = append(orders, o)
		}
		rows, _, err := ship.AllocateMany(ctx, fulfillment.BulkInput{OrderIDs: orders, ByRules: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Code != "fulfillment.waiting" || !r.Trace.AskBuyer {
				t.Errorf("%+v", r)
			}
		}
		if _, err := ship.Urge(ctx, fulfillment.UrgeInput{OrderID: orders[3], Urgency: fulfillment.UrgencyBuyer}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Agree(ctx, AgreeInput{OrderIDs: orders[:1], Agreed: AgreedRefund, Note: "买家同意退款"}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []struct {
			in   AgreeInput
			want string
		}{{AgreeInput{OrderIDs: []id.ID{5}, Agreed: AgreedWait}, "order.not_found"}, {AgreeInput{OrderIDs: orders[1:2], Agreed: "perhaps"}, "waiting.bad_agreement"},
			{AgreeInput{Agreed: AgreedWait}, "waiting.nothing_chosen"}, {AgreeInput{OrderIDs: orders[1:2], Agreed: AgreedWait, PromisedAt: 1}, "waiting.bad_promise"},
			{AgreeInput{OrderIDs: orders[1:2], Agreed: AgreedReplace, ReplaceSKUID: 5}, "catalog.sku_not_found"}} {
			if _, err := s.Agree(ctx, bad.in); code(err) != bad.want {
				t.Errorf("%+v: %v", bad.in, err)
			}
		}
		if _, err := s.Agree(kittest.As(ctx, fulfillment.PermitShip), AgreeInput{OrderIDs: orders[1:2], Agreed: AgreedWait}); code(err) != "actor.forbidden" {
			t.Errorf("without the permission: %v", err)
		}
		if ask, _, err := s.List(ctx, Filter{Outcome: OutcomeAsk}, "", 0); err != nil || len(ask) != 3 {
			t.Errorf("to ask: %v %v", ask, err)
		}
		served := func() (out []int) {
			if err := h.Kit.Runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			if err := h.Kit.Jobs.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			for i, o := range orders {
				if h.Load(ctx, o).Lines[0].Allocated == 2 {
					out = append(out, i)
				}
			}
			return out
		}
		for _, want := range []string{"[1 3]", "[1 2 3]"} {
			err := h.Stock.Receive(ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: sku, WarehouseID: east.ID, Quantity: 5}}})
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(served()); got != want {
				t.Errorf("five pieces more: %s are served, want %s", got, want)
			}
		}
		if wait, _, err := s.List(ctx, Filter{}, "", 0); err != nil || len(wait) != 1 || wait[0].Agreed != AgreedRefund || wait[0].AskBuyer {
			t.Errorf("%v %v", wait, err)
		}
	})
}
