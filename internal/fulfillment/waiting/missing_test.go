package waiting

import (
	"context"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
)

// floor is a merchant whose orders wait for goods.
type floor struct {
	*ordertest.World
	ctx   context.Context
	ships *fulfillment.Service
	s     *Service
}

func open(t *testing.T, d *db.DB) *floor {
	w, ctx := ordertest.New(t, d)
	x := &floor{World: w, ctx: ctx, ships: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	x.s = New(w.Kit, w.Catalog, w.Orders, x.ships)
	return x
}

// policy says what happens to an order that is short.
func (x *floor) policy(shortage string) {
	x.T.Helper()
	if _, err := x.ships.Rules().SaveRule(x.ctx, allocate.Rule{Name: "默认", Active: true, Action: allocate.Action{Strategy: allocate.ByPriority, Shortage: shortage}}); err != nil {
		x.T.Fatal(err)
	}
}

// order places a paid order; dueHours is 0 where no deadline is known.
func (x *floor) order(no string, dueHours int64, lines ...order.Line) id.ID {
	x.T.Helper()
	doc := x.Doc(no, "A")
	doc.Lines, doc.Money = lines, order.Money{}
	if dueHours != 0 {
		doc.ShipByAt = clock.Millis(x.Kit.Clock) + dueHours*3_600_000
	}
	return x.One(x.ctx, 0, doc).ID
}

func (x *floor) approve(all ...id.ID) {
	x.T.Helper()
	for _, o := range all {
		if _, err := x.Orders.Approve(x.ctx, order.ApproveInput{OrderID: o}); err != nil {
			x.T.Fatal(err)
		}
	}
}

func (x *floor) route(all ...id.ID) {
	x.T.Helper()
	if _, _, err := x.ships.AllocateMany(x.ctx, fulfillment.BulkInput{OrderIDs: all, ByRules: true}); err != nil {
		x.T.Fatal(err)
	}
	x.settle()
}

func (x *floor) settle() {
	x.T.Helper()
	if err := x.Kit.Runner.Drain(x.ctx); err != nil {
		x.T.Fatal(err)
	}
	if err := x.Kit.Jobs.Drain(x.ctx); err != nil {
		x.T.Fatal(err)
	}
	if err := x.Kit.Runner.Drain(x.ctx); err != nil {
		x.T.Fatal(err)
	}
}

// skus tells who waits, as code:orders/pieces short.
func (x *floor) skus(f Filter) string {
	x.T.Helper()
	all, next, err := x.s.SKUs(x.ctx, f, "", 0)
	if err != nil || next != "" {
		x.T.Fatalf("%q %v", next, err)
	}
	out := ""
	for _, k := range all {
		out += fmt.Sprintf("%s:%d/%d-%d ", k.Code, k.Orders, k.Pieces, k.Short)
	}
	return out
}

func (x *floor) onHold(o id.ID) bool {
	now := x.Load(x.ctx, o)
	return now.OnHold(order.HoldManual)
}

// rows counts the rows that say that an order waits.
func (x *floor) rows() (n int) {
	x.T.Helper()
	if err := x.Kit.DB.QueryRow(x.ctx, `SELECT COUNT(*) FROM fulfillment_waiting WHERE merchant_id = 1`).Scan(&n); err != nil {
		x.T.Fatal(err)
	}
	return n
}

func TestWhatIsMissingIsCountedBySKU(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		x.policy(allocate.ShortWait)
		x.SKU(x.ctx, "A", 1)
		b, set := x.SKU(x.ctx, "B", 20), x.SKU(x.ctx, "SET", 0)
		c := x.SKU(x.ctx, "C", 0)
		k, err := x.Catalog.SKUsTx(x.ctx, x.Kit.DB, []id.ID{set})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Catalog.SetComponents(x.ctx, catalog.ComponentsInput{SKUID: set, Version: k[set].Version, Components: []catalog.Component{{SKUID: b, Quantity: 1, Share: 1}, {SKUID: c, Quantity: 2, Share: 1}}}); err != nil {
			t.Fatal(err)
		}
		late := x.order("W1", -3, ordertest.Line("A", 3, 100), ordertest.Line("B", 1, 100))
		bundle := x.order("W2", 5, ordertest.Line("SET", 2, 100))
		held := x.order("W3", 0, ordertest.Line("A", 2, 100)) // nobody approves it
		x.order("W4", 1, ordertest.Line("A", 1, 100))         // reserved
		x.approve(late, bundle)
		x.route(late, bundle)
		for _, c := range []struct {
			name, want string
			f          Filter
		}{
			{"everybody, the next deadline first", "A:2/5-5 C:1/4-4 ", Filter{}},
			{"by a part of the code", "C:1/4-4 ", Filter{SKU: " c "}},
			{"by its id", "C:1/4-4 ", Filter{SKUID: c}},
			{"whose promise has passed", "A:1/3-3 ", Filter{Overdue: true}},
			{"nothing agreed", "A:2/5-5 C:1/4-4 ", Filter{Outcome: OutcomeNone}},
			{"agreed to wait", "", Filter{Outcome: AgreedWait}},
			{"urgent", "", Filter{Urgent: true}},
			{"of another shop", "", Filter{ShopIDs: []id.ID{5}}},
		} {
			if got := x.skus(c.f); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		if n, err := x.s.Count(x.ctx); err != nil || n != (Count{Orders: 3, Overdue: 1}) {
			t.Errorf("%+v %v", n, err)
		}
		// The first page ends where the second begins.
		first, next, err := x.s.SKUs(x.ctx, Filter{}, "", 1)
		if err != nil || len(first) != 1 || next == "" {
			t.Fatalf("%+v %q %v", first, next, err)
		}
		if second, next, err := x.s.SKUs(x.ctx, Filter{}, next, 1); err != nil || len(second) != 1 || second[0].ID == first[0].ID || next != "" {
			t.Errorf("%+v %q %v", second, next, err)
		}
		if _, _, err := x.s.SKUs(x.ctx, Filter{Outcome: "perhaps"}, "", 0); code(err) != "waiting.bad_outcome" {
			t.Errorf("%v", err)
		}
		list, _, err := x.s.List(x.ctx, Filter{SKUID: first[0].ID}, "", 0)
		if err != nil || len(list) != 2 || list[0].OrderID != late || list[1].OrderID != held || list[0].Order.ChannelOrderNo != "W1" || len(list[0].Missing) != 1 {
			t.Errorf("%+v %v", list, err)
		}
		// Whoever sees another shop only sees none of it.
		a, _ := actor.From(x.ctx)
		a.Scope = map[string][]id.ID{shop.Scope: {5}}
		if all, _, err := x.s.SKUs(actor.With(x.ctx, a), Filter{}, "", 0); err != nil || len(all) != 0 {
			t.Errorf("another shop's: %v %v", all, err)
		}
		// Nobody waits any more for what is closed.
		if _, err := x.Orders.Close(x.ctx, order.CloseInput{OrderID: late, Reason: "out_of_stock"}); err != nil {
			t.Fatal(err)
		}
		if got, was := x.skus(Filter{}), x.rows(); got != "C:1/4-4 A:1/2-2 " || was != 2 {
			t.Errorf("after closing: %q, %d rows", got, was)
		}
		if x.settle(); x.rows() != 1 {
			t.Errorf("%d rows", x.rows())
		}
	})
}

func TestAHeldOrderMayBeAgreedUponAndAPersonMayGiveItAWarehouse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		sku := x.SKU(x.ctx, "A", 0)
		held := x.order("H1", 5, ordertest.Line("A", 2, 100))
		free := x.order("H2", 5, ordertest.Line("A", 1, 100))
		day := clock.Millis(x.Kit.Clock) + 86_400_000
		if n, err := x.s.Agree(x.ctx, AgreeInput{OrderIDs: []id.ID{held, held}, Agreed: AgreedWait, Note: "等到周五", PromisedAt: day}); err != nil || n != 1 {
			t.Fatalf("%d %v", n, err)
		}
		list, _, err := x.s.List(x.ctx, Filter{Outcome: AgreedWait}, "", 0)
		if err != nil || len(list) != 1 || list[0].Note != "等到周五" || list[0].PromisedAt != day {
			t.Errorf("%+v %v", list, err)
		}
		// One of two fails: neither is recorded.
		if _, err := x.Orders.Close(x.ctx, order.CloseInput{OrderID: free, Reason: "other"}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.s.Agree(x.ctx, AgreeInput{OrderIDs: []id.ID{held, free}, Agreed: AgreedRefund}); code(err) != "waiting.not_waiting" {
			t.Errorf("%v", err)
		}
		if got := x.skus(Filter{Outcome: AgreedWait}); got != "A:1/2-2 " {
			t.Errorf("%q", got)
		}
		// A refund keeps it from being approved; another agreement lets it go on.
		for _, c := range []struct {
			agreed string
			held   bool
		}{{AgreedRefund, true}, {AgreedRefund, true}, {AgreedWait, false}} {
			if _, err := x.s.Agree(x.ctx, AgreeInput{OrderIDs: []id.ID{held}, Agreed: c.agreed}); err != nil || x.onHold(held) != c.held {
				t.Errorf("%+v: %v", c, err)
			}
		}
		if _, err := x.Orders.Hold(x.ctx, order.HoldInput{OrderID: held, Note: "等电话"}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.s.Agree(x.ctx, AgreeInput{OrderIDs: []id.ID{held}, Agreed: AgreedWait}); err != nil || !x.onHold(held) {
			t.Errorf("a hold of somebody else's ended: %v", err)
		}
		if _, err := x.Orders.Release(x.ctx, order.ReleaseInput{OrderID: held}); err != nil {
			t.Fatal(err)
		}
		out, err := x.s.Release(x.ctx, ReleaseInput{OrderIDs: []id.ID{held, 77}, DryRun: true})
		if err != nil || len(out.Rows) != 2 || out.Rows[0].Code != "order.not_approved" || out.Rows[1].Code != "waiting.not_waiting" || out.Total != 2 {
			t.Errorf("%+v %v", out, err)
		}
		// Goods arrive: they are reserved, and nobody waits although nobody approved yet.
		x.Receive(x.ctx, sku, 2)
		x.settle()
		if got := x.skus(Filter{}); got != "" || x.rows() != 0 {
			t.Errorf("%q, %d rows", got, x.rows())
		}
	})
}

func TestReleasedOrdersAreRoutedInTheirTurnAndRefundsAreLeftOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		x.policy(allocate.ShortWait)
		sku := x.SKU(x.ctx, "A", 0)
		var all []id.ID
		for i := range 3 {
			all = append(all, x.order(fmt.Sprintf("R%d", i), int64(9-i), ordertest.Line("A", 2, 100)))
		}
		x.approve(all...)
		x.route(all...)
		if _, err := x.s.Agree(x.ctx, AgreeInput{OrderIDs: all[2:], Agreed: AgreedRefund}); err != nil {
			t.Fatal(err)
		}
		if err := x.Stock.Receive(x.ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: sku, WarehouseID: x.Warehouse, Quantity: 3}}}); err != nil {
			t.Fatal(err)
		}
		for _, dry := range []bool{true, false} {
			out, err := x.s.Release(x.ctx, ReleaseInput{Filter: &Filter{SKUID: sku}, DryRun: dry})
			if err != nil || out.Total != 3 || len(out.Rows) != 3 {
				t.Fatalf("%+v %v", out, err)
			}
			got := fmt.Sprint(out.Rows[0].Code, "|", out.Rows[1].Code, "|", out.Rows[2].Code)
			if want := "|fulfillment.waiting|waiting.refund_agreed"; got != want || out.Rows[0].OrderID != all[1] {
				t.Errorf("dry %v: %s", dry, got)
			}
		}
		if x.settle(); x.rows() != 2 {
			t.Errorf("%d rows", x.rows())
		}
	})
}

func TestOtherGoodsComeInsteadOfMissingOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		x.policy(allocate.ShortPartial)
		a, b, c := x.SKU(x.ctx, "A", 2), x.SKU(x.ctx, "B", 9), x.SKU(x.ctx, "C", 0)
		part := x.order("P1", 5, ordertest.Line("A", 3, 100), ordertest.Line("B", 1, 100))
		x.approve(part)
		x.route(part)
		whole := x.order("P2", 6, ordertest.Line("A", 2, 100))
		x.approve(whole)
		x.route(whole)
		line := x.Load(x.ctx, part).Lines[0]
		if line.Allocated != 2 {
			t.Fatalf("%+v", line)
		}
		for _, bad := range []struct {
			in   ReplaceInput
			want string
		}{
			{ReplaceInput{OrderID: part}, "order.no_lines"},
			{ReplaceInput{OrderID: 5, Lines: []Swap{{LineID: 5, SKUID: b}}}, "order.not_found"},
			{ReplaceInput{OrderID: part, Lines: []Swap{{LineID: 5, SKUID: b}}}, "order.unknown_line"},
			{ReplaceInput{OrderID: part, Lines: []Swap{{LineID: line.ID, SKUID: a}}}, "waiting.same_sku"},
			{ReplaceInput{OrderID: part, Lines: []Swap{{LineID: x.Load(x.ctx, part).Lines[1].ID, SKUID: a}}}, "waiting.nothing_missing"},
			{ReplaceInput{OrderID: part, Lines: []Swap{{LineID: line.ID, SKUID: 77}}}, "order.unknown_sku"},
		} {
			if _, err := x.s.Replace(x.ctx, bad.in); code(err) != bad.want {
				t.Errorf("%+v: %v, want %s", bad.in, err, bad.want)
			}
		}
		// Two pieces stand in a warehouse: only the third becomes something else.
		if out, err := x.s.Replace(x.ctx, ReplaceInput{OrderID: part, Lines: []Swap{{LineID: line.ID, SKUID: b}}, Note: "买家同意换 B"}); err != nil || out.OutOfStock {
			t.Fatalf("%+v %v", out, err)
		}
		x.settle()
		o := x.Load(x.ctx, part)
		if len(o.Lines) != 3 || o.Lines[0].SKUID != a || o.Lines[0].Open() != 2 || o.Lines[2].SKUID != b || o.Lines[2].Ordered != 1 || o.Lines[2].Allocated != 1 {
			t.Errorf("%+v", o.Lines)
		}
		// Nothing of this one does: the line itself asks for the other SKU, of which there is none.
		if out, err := x.s.Replace(x.ctx, ReplaceInput{OrderID: whole, Lines: []Swap{{LineID: x.Load(x.ctx, whole).Lines[0].ID, SKUID: c, Quantity: 4}}}); err != nil || !out.OutOfStock {
			t.Fatalf("%+v %v", out, err)
		}
		x.settle()
		if got := x.skus(Filter{}); got != "C:1/4-4 " {
			t.Errorf("%q", got)
		}
		list, _, err := x.s.List(x.ctx, Filter{Outcome: AgreedReplace}, "", 0)
		if err != nil || len(list) != 1 || list[0].OrderID != whole || list[0].ReplaceSKUID != c {
			t.Errorf("%+v %v", list, err)
		}
		if _, err := x.s.Replace(x.ctx, ReplaceInput{OrderID: part, Lines: []Swap{{LineID: o.Lines[2].ID, SKUID: c}}}); code(err) != "waiting.nothing_missing" {
			t.Errorf("of one that waits no more: %v", err)
		}
		if found, err := x.Stock.Verify(x.ctx); err != nil || len(found) != 0 {
			t.Errorf("stock: %v %v", found, err)
		}
	})
}
