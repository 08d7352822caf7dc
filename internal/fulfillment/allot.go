package fulfillment

import (
	"context"
	"fmt"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/presale"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Share is what one warehouse takes of an order.
type Share struct {
	FulfillmentOrderID id.ID           `json:"fulfillment_order_id"`
	WarehouseID        id.ID           `json:"warehouse_id"`
	Lines              []order.LineQty `json:"lines"`
	// Kind and CarrierWish are the fulfillment order's; "" is express, and no wish.
	Kind        string `json:"kind,omitempty"`
	CarrierWish string `json:"carrier_wish,omitempty"`
	SupplierID  id.ID  `json:"supplier_id,omitempty"`
}

// allotment is one order of a batch, who is to ship it, and what became of that.
type allotment struct {
	Allocation
	order  *order.Order
	shares []Share
	err    error
	// decision is the planner's, nil where a person chose.
	decision *allocate.Decision
	kept     []id.ID // fulfillment orders that stay as they are
}

// asAllocated reports whether the order stands already as the allotment wants it.
func (w *world) asAllocated(a *allotment) bool {
	open := w.open[a.OrderID]
	if len(open) != len(a.shares) {
		return false
	}
	for i, s := range a.shares {
		at := slices.IndexFunc(open, func(f openOrder) bool { return f.warehouseID == s.WarehouseID && holdsAll(f, s.Lines) })
		if at < 0 {
			return false
		}
		a.shares[i].FulfillmentOrderID = open[at].id
	}
	return true
}

func holdsAll(f openOrder, lines []order.LineQty) bool {
	var had int64
	for _, n := range f.left {
		had += n
	}
	for _, l := range lines {
		if f.left[l.LineID] != l.Quantity {
			return false
		}
		had -= l.Quantity
	}
	return had == 0
}

// judgeAllotment says why an order cannot be allocated so, or marks it unchanged.
func (w *world) judgeAllotment(a *allotment) error {
	if a.err != nil {
		return a.err
	}
	if w.asAllocated(a) {
		a.Unchanged = true
		a.settle()
		return nil
	}
	if !a.order.Allows(order.ActAllocate) {
		return ErrNotAllocatable
	}
	for _, f := range w.open[a.OrderID] {
		switch {
		case slices.Contains(a.kept, f.id):
		case f.sealed != "":
			return ErrSealed
		case f.orders > 1:
			return ErrMerged
		}
	}
	for _, s := range a.shares {
		if !w.warehouses[s.WarehouseID] {
			return ErrNoWarehouse.At("warehouse_id")
		}
	}
	return nil
}

// settle fills in the answer.
func (a *allotment) settle() {
	a.FulfillmentOrderID, a.WarehouseID = a.shares[0].FulfillmentOrderID, a.shares[0].WarehouseID
	if a.Shares = nil; len(a.shares) > 1 {
		a.Shares = a.shares
	}
}

// allotTx gives orders to warehouses, each whole as its allotment says or not at all:
// reservations are placed, orders marked and fulfillment orders made, all orders in a
// few statements. w has the orders locked.
func (s *Service) allotTx(ctx context.Context, tx *db.Tx, w *world, all []*allotment) error {
	var todo []*allotment
	var places []inventory.Placement
	for _, a := range all {
		if a.err = w.judgeAllotment(a); a.err == nil && !a.Unchanged {
			todo = append(todo, a)
			places = append(places, w.placement(a))
		}
	}
	shorts, err := s.stock.PlaceEachTx(ctx, tx, places)
	if err != nil {
		return err
	}
	var served []*allotment
	var marks []order.Allotment
	for i, a := range todo {
		if len(shorts[i]) > 0 {
			x := shorts[i][0]
			a.err = ErrShort.With("sku_code", w.codeOf(x.SKUID), "n", x.Quantity-x.Available)
			continue
		}
		served = append(served, a)
		m := order.Allotment{OrderID: a.OrderID, WarehouseID: a.shares[0].WarehouseID}
		for _, one := range a.shares {
			m.Lines = append(m.Lines, one.Lines...)
		}
		m.Lines = mergeLines(m.Lines)
		marks = append(marks, m)
	}
	if len(served) == 0 {
		return nil
	}
	refused, err := s.orders.MarkAllocatedTx(ctx, tx, marks)
	if err != nil {
		return err
	}
	for i, err := range refused {
		if err != nil { // it was asked under the same lock
			return fmt.Errorf("allocate order %d: %w", marks[i].OrderID, err)
		}
	}
	return s.writeAllotments(ctx, tx, w, served)
}

// placement is what an allotment reserves, bundles as their components.
func (w *world) placement(a *allotment) inventory.Placement {
	p := inventory.Placement{OrderID: a.OrderID}
	for _, share := range a.shares {
		for _, t := range w.takes(&plan{order: a.order, warehouseID: share.WarehouseID, lines: share.Lines}) {
			p.Wants = append(p.Wants, inventory.Want{OrderID: t.OrderID, LineID: t.LineID, SKUID: t.SKUID, WarehouseID: t.WarehouseID, Quantity: t.Quantity})
		}
	}
	return p
}

// codeOf is the code of a SKU among the components of the batch.
func (w *world) codeOf(sku id.ID) string {
	for _, parts := range w.components {
		for _, c := range parts {
			if c.SKUID == sku {
				return c.Code
			}
		}
	}
	return sku.String()
}

func (s *Service) writeAllotments(ctx context.Context, tx *db.Tx, w *world, all []*allotment) error {
	orders := make([]order.Order, len(all))
	for i, a := range all {
		orders[i] = *a.order
	}
	heard, err := s.hear(ctx, tx, orders)
	if err != nil {
		return err
	}
	urgent, err := s.urgencies(ctx, tx, orders)
	if err != nil {
		return err
	}
	var b paper
	var made []*FulfillmentOrder
	for _, a := range all {
		for _, f := range w.open[a.OrderID] {
			if slices.Contains(a.kept, f.id) {
				continue
			}
			b.stmts = append(b.stmts, db.Stmt{SQL: cancelOrder, Want: 1, Args: []any{w.now, w.merchant, f.id}})
			if f.shipped {
				b.stmts[len(b.stmts)-1].SQL = endOrder
				b.stmts = append(b.stmts, db.Stmt{SQL: cutAllocations, Want: -1, Args: []any{w.merchant, f.id}})
			}
		}
		for i := range a.shares {
			share := &a.shares[i]
			if slices.Contains(a.kept, share.FulfillmentOrderID) {
				continue
			}
			f := &FulfillmentOrder{ID: s.k.IDs.New(), WarehouseID: share.WarehouseID, SupplierID: share.SupplierID, Kind: share.Kind,
				CarrierWish: share.CarrierWish, State: StateOpen, CreatedAt: w.now, UpdatedAt: w.now, Version: 1}
			if f.Kind == "" {
				f.Kind = KindExpress
			}
			for _, l := range share.Lines {
				f.Lines = append(f.Lines, FulfillmentLine{OrderID: a.OrderID, LineID: l.LineID, Quantity: l.Quantity})
			}
			heard.derive(f, urgent)
			share.FulfillmentOrderID = f.ID
			b.add(w.merchant, f)
			made = append(made, f)
			b.events = append(b.events, event.Appended{Of: event.Of{Aggregate: "order", ID: a.OrderID, Version: a.order.Version + 1},
				Payload: OrderAllocated{OrderID: a.OrderID, FulfillmentOrderID: f.ID, WarehouseID: f.WarehouseID}})
		}
		a.settle()
	}
	if err := b.write(ctx, tx, s.k.Events); err != nil {
		return err
	}
	return s.PromptTx(ctx, tx, made)
}

// add writes a new fulfillment order and its lines.
func (b *paper) add(merchant id.ID, f *FulfillmentOrder) {
	b.orders = append(b.orders, f.row(merchant))
	for _, l := range f.Lines {
		b.allocations = append(b.allocations, []any{merchant, f.ID, l.LineID, l.OrderID, l.Quantity, l.Shipped})
	}
}

// derive fills in what follows from the orders in f.
func (w *said) derive(f *FulfillmentOrder, urgent map[id.ID]int64) {
	ids := f.OrderIDs()
	f.OrderCount, f.ShipByAt, f.PresaleAt, f.Urgency, f.ReceiverGroup = int64(len(ids)), 0, 0, 0, 0
	for i, one := range ids {
		o := w.orders[one]
		if o == nil {
			continue
		}
		if f.ShopID == 0 {
			f.ShopID = o.ShopID
		}
		if o.ShipByAt != 0 && (f.ShipByAt == 0 || o.ShipByAt < f.ShipByAt) {
			f.ShipByAt = o.ShipByAt
		}
		f.PresaleAt = max(f.PresaleAt, presale.At(o, w.lead))
		f.Urgency = max(f.Urgency, urgent[one])
		if g := w.group(o); i == 0 {
			f.ReceiverGroup = g
		} else if g != f.ReceiverGroup {
			f.ReceiverGroup = 0
		}
	}
	f.content = w.print(f)
}
