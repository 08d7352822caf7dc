package order

import (
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Shipment is goods of one order that leave from a warehouse under a waybill
// number. Lines nil means everything that is still open. At is unix milliseconds.
type Shipment struct {
	OrderID     id.ID
	WarehouseID id.ID
	Carrier     string
	WaybillNo   string
	At          int64
	Lines       []LineQty
}

// Shippable says why the order must not ship now, or nil. It is the same check
// that MarkShippedTx makes.
//
// Errors: ErrHistory, ErrNotAllowed, ErrNotPaid, ErrNotApproved, ErrRefundOpen,
// ErrOnHold, ErrNothingOpen.
func (o *Order) Shippable() error {
	switch {
	case o.State == Shipped || o.State == Delivered || o.State == Completed:
		return ErrNothingOpen
	case o.State == Closed || o.Archived:
		return ErrNotAllowed.With("state", o.State.String())
	case o.History:
		return ErrHistory
	case o.State == PendingPayment:
		return ErrNotPaid
	case o.ApprovedAt == 0:
		return ErrNotApproved
	case o.InAftersale || o.OnHold(HoldRefund):
		return ErrRefundOpen
	}
	if holds := o.Blocking(); len(holds) > 0 {
		return onHold(holds)
	}
	if !slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return l.Open() > 0 }) {
		return ErrNothingOpen
	}
	return nil
}

func onHold(holds []HoldKind) error {
	kinds := make([]string, len(holds))
	for i, h := range holds {
		kinds[i] = string(h)
	}
	return ErrOnHold.With("kinds", strings.Join(kinds, ","))
}

// OpenLines is what is left to ship of each line that may ship.
func (o *Order) OpenLines() []LineQty {
	var out []LineQty
	for _, l := range o.Lines {
		if n := l.Open(); n > 0 {
			out = append(out, LineQty{l.ID, n})
		}
	}
	return out
}

// Allotment is what warehouses take of an order beyond what has shipped: all of them
// together per line, and the first of them.
type Allotment struct {
	OrderID     id.ID
	WarehouseID id.ID
	Lines       []LineQty
}

// MarkAllocatedTx records who ships how much of orders. The reservations were placed
// before, by inventory, in the same transaction. It answers one error per allotment:
// one with an error changed nothing, and the caller must not keep its reservation.
//
// Errors per allotment: ErrNotFound, ErrNotAllowed, ErrOnHold, ErrUnknownLine,
// ErrBadQuantity. Errors of the whole: ErrChanged.
func (s *Service) MarkAllocatedTx(ctx context.Context, tx *db.Tx, all []Allotment) ([]error, error) {
	ids := make([]id.ID, len(all))
	for i, a := range all {
		ids[i] = a.OrderID
	}
	edits, err := s.lockEdits(ctx, tx, id.Once(ids))
	if err != nil {
		return nil, err
	}
	refused := make([]error, len(all))
	for i, a := range all {
		refused[i] = ErrNotFound
		if at := slices.IndexFunc(edits, func(e *edit) bool { return e.now.ID == a.OrderID }); at >= 0 {
			refused[i] = edits[at].allot(a)
		}
	}
	return refused, s.save(ctx, tx, edits)
}

func (e *edit) allot(a Allotment) error {
	if err := e.now.Refuse(ActAllocate); err != nil {
		return err
	}
	sum := map[id.ID]int64{}
	for _, q := range a.Lines {
		l := e.line(q.LineID)
		if l == nil {
			return ErrUnknownLine
		}
		if sum[q.LineID] += q.Quantity; q.Quantity <= 0 || sum[q.LineID] > l.Open() {
			return ErrBadQuantity
		}
	}
	whole := true
	for i := range e.now.Lines {
		l := &e.now.Lines[i]
		l.Allocated = l.Shipped + sum[l.ID]
		whole = whole && sum[l.ID] == l.Open()
	}
	if whole {
		e.clear(HoldOutOfStock) // the warehouses hold all of it now
	}
	e.now.WarehouseID = a.WarehouseID
	e.emit(Allocated{WarehouseID: a.WarehouseID})
	return nil
}

// MarkShippedTx records shipments inside the transaction that deducted their
// stock and wrote their parcels. It answers one error per shipment: a shipment
// with an error changed nothing, and the caller must not keep its stock or
// parcel. Shipments of one order are taken in turn.
//
// Errors per shipment: ErrNotFound, those of Shippable, ErrUnknownLine,
// ErrBadQuantity. Errors of the whole: ErrChanged.
func (s *Service) MarkShippedTx(ctx context.Context, tx *db.Tx, all []Shipment) ([]error, error) {
	ids := make([]id.ID, len(all))
	for i, sh := range all {
		ids[i] = sh.OrderID
	}
	orders, err := s.LockTx(ctx, tx, id.Once(ids))
	if err != nil {
		return nil, err
	}
	return s.MarkLockedShippedTx(ctx, tx, orders, all)
}

// MarkLockedShippedTx is MarkShippedTx for a caller that got the orders from LockTx
// in this transaction and changed none since: reading them is a third of the work.
func (s *Service) MarkLockedShippedTx(ctx context.Context, tx *db.Tx, locked []Order, all []Shipment) ([]error, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(s.kit.Clock)
	edits := make(map[id.ID]*edit, len(locked))
	list := make([]*edit, 0, len(locked))
	for _, o := range locked {
		e := s.edit(o, a.ID, now)
		edits[o.ID] = e
		list = append(list, e)
	}
	refused := make([]error, len(all))
	for i, sh := range all {
		e := edits[sh.OrderID]
		if e == nil {
			refused[i] = ErrNotFound
			continue
		}
		if refused[i] = e.ship(sh); refused[i] == nil {
			// The next shipment of the same order is judged on what this one left.
			if err := settle(e.now); err != nil {
				return nil, err
			}
		}
	}
	return refused, s.save(ctx, tx, list)
}

// ship applies one shipment or changes nothing.
func (e *edit) ship(sh Shipment) error {
	o := e.now
	if err := o.Shippable(); err != nil {
		return err
	}
	lines := sh.Lines
	if lines == nil {
		lines = o.OpenLines()
	}
	sum := map[id.ID]int64{}
	for _, q := range lines {
		l := e.line(q.LineID)
		if l == nil {
			return ErrUnknownLine
		}
		if sum[q.LineID] += q.Quantity; q.Quantity <= 0 || sum[q.LineID] > l.Open() {
			return ErrBadQuantity
		}
	}
	for _, q := range lines {
		l := e.line(q.LineID)
		l.Shipped += q.Quantity
		l.Allocated = max(l.Allocated, l.Shipped)
	}
	o.WarehouseID, o.Carrier, o.WaybillNo = sh.WarehouseID, sh.Carrier, sh.WaybillNo
	o.ParcelCount++
	complete := len(o.OpenLines()) == 0
	if complete {
		o.ShippedAt = sh.At
		// Goods that left are no longer missing.
		e.clear(HoldOutOfStock)
	}
	e.emit(ShippedHere{WarehouseID: sh.WarehouseID, Carrier: sh.Carrier, WaybillNo: sh.WaybillNo, Lines: lines, Complete: complete})
	return nil
}
