package fulfillment

import (
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
)

// sameReceiver gives a document the receiver of another.
func to(d order.Document, like order.Document) order.Document {
	d.Receiver = like.Receiver
	return d
}

// twins are two allocated orders of one receiver.
func (h *house) twins(no string) (docs []order.Document, orders []id.ID, fos []FulfillmentOrder) {
	h.t.Helper()
	a := h.doc(no+"a", item{"A", 2}, item{"B", 1})
	b := to(h.doc(no+"b", item{"A", 1}), a)
	docs = []order.Document{a, b}
	orders = h.put(docs...)
	for _, o := range orders {
		fos = append(fos, h.allocated(o))
	}
	return docs, orders, fos
}

func ids(fos []FulfillmentOrder) []id.ID {
	out := make([]id.ID, len(fos))
	for i, f := range fos {
		out[i] = f.ID
	}
	return out
}

func (h *house) follow() {
	h.t.Helper()
	if err := h.k.Runner.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
}

func TestMergedOrdersTravelTogetherAndUndoBringsTheFormerOnesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		h.sku("B", 50)
		_, orders, fos := h.twins("T")
		made, err := h.s.Merge(h.ctx, MergeInput{IDs: ids(fos)})
		if err != nil || len(made.After) != 1 {
			t.Fatalf("%+v %v", made, err)
		}
		m := h.get(made.After[0])
		if m.OrderCount != 2 || len(m.Lines) != 3 || !reflect.DeepEqual(m.OrderIDs(), orders) {
			t.Errorf("merged: %+v", m)
		}
		if err := h.s.GuardTx(h.ctx, h.k.DB, fos[0].ID, fos[0].Version); code(err) != "fulfillment.not_open" {
			t.Errorf("a former one: %v", err)
		}
		if err := h.s.GuardTx(h.ctx, h.k.DB, m.ID, m.Version); err != nil {
			t.Errorf("the merged one: %v", err)
		}
		if _, err := h.s.Undo(h.ctx, made.EditID); err != nil {
			t.Fatal(err)
		}
		for _, f := range fos {
			got := h.get(f.ID)
			got.UpdatedAt = f.UpdatedAt
			if !reflect.DeepEqual(got, f) {
				t.Errorf("came back as\n%+v\nwas\n%+v", got, f)
			}
		}
		if _, err := h.s.Undo(h.ctx, made.EditID); code(err) != "fulfillment.cannot_undo" {
			t.Errorf("twice: %v", err)
		}
		if h.get(m.ID).State != StateCancelled {
			t.Error("the merged one still stands")
		}
	})
}

func TestOnlyWhatMayTravelTogetherIsMerged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 90)
		h.sku("B", 90)
		east := h.warehouse("EAST")
		h.receive("A", east, 20)
		a := h.doc("M1", item{"A", 1})
		other := h.shop
		other = h.newShop("东篱小店")
		masked := h.doc("M2", item{"A", 1})
		masked.Receiver.Name, masked.Receiver.Phone = "沈**", "138****0001"
		presale := to(h.doc("M3", item{"A", 1}), a)
		presale.Flags, presale.ShipByAt = []string{order.FlagPresale}, h.now()+3*86_400_000
		refunding := to(h.doc("M4", item{"A", 1}), a)
		one := h.allocated(h.put(a)[0])
		for _, c := range []struct {
			name   string
			with   func() FulfillmentOrder
			code   string
			reason string
		}{
			{"another receiver", func() FulfillmentOrder { return h.allocated(h.put(h.doc("M5", item{"A", 1}))[0]) }, "fulfillment.cannot_merge", "other_receiver"},
			{"a masked receiver", func() FulfillmentOrder { return h.allocated(h.put(masked)[0]) }, "fulfillment.cannot_merge", "receiver_unknown"},
			{"another shop", func() FulfillmentOrder { return h.allocated(h.putIn(other, to(h.doc("M6", item{"A", 1}), a))[0]) }, "fulfillment.cannot_merge", "other_shop"},
			{"a promise for later", func() FulfillmentOrder { return h.allocated(h.put(presale)[0]) }, "fulfillment.cannot_merge", "other_presale_date"},
			{"another warehouse", func() FulfillmentOrder {
				o := h.put(to(h.doc("M7", item{"A", 1}), a))[0]
				out, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o, WarehouseID: east})
				if err != nil {
					t.Fatal(err)
				}
				return h.get(out.FulfillmentOrderID)
			}, "fulfillment.cannot_merge", "other_warehouse"},
			{"a refund in progress", func() FulfillmentOrder {
				f := h.allocated(h.put(refunding)[0])
				refunding.RefundState = order.RefundInProgress
				h.put(refunding)
				return f
			}, "order.refund_open", ""},
			{"a sealed one", func() FulfillmentOrder {
				f := h.allocated(h.put(to(h.doc("M8", item{"A", 1}), a))[0])
				if _, err := h.s.Seal(h.ctx, SealInput{IDs: []id.ID{f.ID}, Reason: SealHand}); err != nil {
					t.Fatal(err)
				}
				return f
			}, "fulfillment.sealed", ""},
			{"itself", func() FulfillmentOrder { return one }, "fulfillment.needs_two", ""},
			{"none", func() FulfillmentOrder { return FulfillmentOrder{ID: 5} }, "fulfillment.order_not_found", ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				_, err := h.s.Merge(h.ctx, MergeInput{IDs: []id.ID{one.ID, c.with().ID}})
				if code(err) != c.code || c.reason != "" && param(err, "reason") != c.reason {
					t.Errorf("%v, want %s %s", err, c.code, c.reason)
				}
			})
		}
		if _, err := h.s.SetMergePolicy(h.ctx, MergePolicy{ShopGroups: [][]id.ID{{h.shop.ID, other.ID}}}); err != nil {
			t.Fatal(err)
		}
		far := h.allocated(h.putIn(other, to(h.doc("M9", item{"A", 1}), a))[0])
		if _, err := h.s.Merge(h.ctx, MergeInput{IDs: []id.ID{one.ID, far.ID}}); err != nil {
			t.Errorf("shops of one group: %v", err)
		}
		if _, err := h.s.Merge(kittest.As(h.ctx, PermitShip), MergeInput{}); code(err) != "actor.forbidden" {
			t.Errorf("without the permission: %v", err)
		}
	})
}

func TestAMergedOrderThatIsRefundedStopsTheParcelUntilAPersonLooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		h.sku("B", 50)
		docs, orders, fos := h.twins("R")
		made, err := h.s.Merge(h.ctx, MergeInput{IDs: ids(fos)})
		if err != nil {
			t.Fatal(err)
		}
		m := h.get(made.After[0])
		docs[1].RefundState, docs[1].Status = order.RefundDone, order.ChannelClosed
		h.put(docs[1])
		if err := h.s.GuardTx(h.ctx, h.k.DB, m.ID, m.Version); code(err) != "fulfillment.order_dropped" || param(err, "order_no") != docs[1].ChannelOrderNo {
			t.Errorf("before anybody heard of it: %v", err)
		}
		h.follow()
		now := h.get(m.ID)
		if now.Hold != HoldMergedChanged || now.OrderCount != 1 || now.Version == m.Version {
			t.Errorf("after: %+v", now)
		}
		if err := h.s.GuardTx(h.ctx, h.k.DB, m.ID, now.Version); code(err) != "fulfillment.merged_order_changed" {
			t.Errorf("guard: %v", err)
		}
		if _, err := h.s.Release(h.ctx, m.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.s.GuardTx(h.ctx, h.k.DB, m.ID, h.get(m.ID).Version); err != nil {
			t.Errorf("released: %v", err)
		}
		if _, err := h.s.Undo(h.ctx, made.EditID); code(err) != "fulfillment.cannot_undo" {
			t.Errorf("undo: %v", err)
		}
		if l := h.load(orders[1]).Lines[0]; l.Allocated != 0 {
			t.Errorf("the refunded line is still allocated: %d", l.Allocated)
		}
		h.sound()
	})
}

func TestASplitMovesStockAndUndoMovesItBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		h.sku("B", 10)
		east := h.warehouse("EAST")
		h.receive("A", east, 2)
		_, f := h.placed("S", item{"A", 3}, item{"B", 2})
		a, b := f.Lines[0], f.Lines[1]
		for _, c := range []struct {
			name  string
			parts []SplitPart
			want  string
		}{
			{"nothing", nil, "fulfillment.bad_split"},
			{"everything", []SplitPart{{Lines: []order.LineQty{{LineID: a.LineID, Quantity: 3}, {LineID: b.LineID, Quantity: 2}}}}, "fulfillment.bad_split"},
			{"too much", []SplitPart{{Lines: []order.LineQty{{LineID: a.LineID, Quantity: 2}}}, {Lines: []order.LineQty{{LineID: a.LineID, Quantity: 2}}}}, "fulfillment.bad_split"},
			{"an empty part", []SplitPart{{}, {Lines: []order.LineQty{{LineID: a.LineID, Quantity: 2}}}}, "fulfillment.bad_split"},
			{"to a warehouse that is short", []SplitPart{{WarehouseID: east, Lines: []order.LineQty{{LineID: a.LineID, Quantity: 3}}}}, "fulfillment.short"},
			{"to no warehouse", []SplitPart{{WarehouseID: 5, Lines: []order.LineQty{{LineID: a.LineID, Quantity: 3}}}}, "fulfillment.no_warehouse"},
		} {
			if _, err := h.s.Split(h.ctx, SplitInput{ID: f.ID, Parts: c.parts}); code(err) != c.want {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		made, err := h.s.Split(h.ctx, SplitInput{ID: f.ID, Parts: []SplitPart{{WarehouseID: east, Lines: []order.LineQty{{LineID: a.LineID, Quantity: 2}}}}})
		if err != nil || len(made.After) != 2 {
			t.Fatalf("%+v %v", made, err)
		}
		if h.reservedAt("A", east) != 2 || h.reservedAt("A", h.wh) != 1 || h.reservedAt("B", h.wh) != 2 {
			t.Errorf("reserved A %d there, %d here, B %d here", h.reservedAt("A", east), h.reservedAt("A", h.wh), h.reservedAt("B", h.wh))
		}
		again, err := h.s.Split(h.ctx, SplitInput{ID: made.After[1], Parts: []SplitPart{{Lines: []order.LineQty{{LineID: b.LineID, Quantity: 1}}}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Undo(h.ctx, made.EditID); code(err) != "fulfillment.cannot_undo" {
			t.Errorf("the earlier edit first: %v", err)
		}
		for _, e := range []id.ID{again.EditID, made.EditID} {
			if _, err := h.s.Undo(h.ctx, e); err != nil {
				t.Fatal(err)
			}
		}
		got := h.get(f.ID)
		got.UpdatedAt = f.UpdatedAt
		if !reflect.DeepEqual(got, f) || h.reservedAt("A", h.wh) != 3 || h.reservedAt("A", east) != 0 {
			t.Errorf("came back as %+v, was %+v", got, f)
		}
		h.sound()
	})
}

func TestOrdersLeaveAMergeOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		a := h.doc("U1", item{"A", 1})
		var fos []FulfillmentOrder
		var orders []id.ID
		for _, o := range h.put(a, to(h.doc("U2", item{"A", 1}), a), to(h.doc("U3", item{"A", 1}), a)) {
			orders, fos = append(orders, o), append(fos, h.allocated(o))
		}
		made, err := h.s.Merge(h.ctx, MergeInput{IDs: ids(fos)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: orders[0], WarehouseID: h.warehouse("EAST")}); code(err) != "fulfillment.merged" {
			t.Errorf("allocating one of them anew: %v", err)
		}
		out, err := h.s.Unmerge(h.ctx, UnmergeInput{ID: made.After[0], OrderIDs: orders[1:2]})
		if err != nil || len(out.After) != 2 {
			t.Fatalf("%+v %v", out, err)
		}
		for _, one := range out.After {
			if f := h.get(one); f.OrderCount == 1 {
				if _, err := h.s.Unmerge(h.ctx, UnmergeInput{ID: one}); code(err) != "fulfillment.cannot_merge" {
					t.Errorf("one alone: %v", err)
				}
			} else if all, err := h.s.Unmerge(h.ctx, UnmergeInput{ID: one}); err != nil || len(all.After) != 2 {
				t.Errorf("the rest: %+v %v", all, err)
			}
		}
		if n := h.count("fulfillment_order", "state = 'open'"); n != 3 {
			t.Errorf("%d open", n)
		}
	})
}
