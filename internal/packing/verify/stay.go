package verify

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

const (
	// stillAround is for how long a parcel that shipped is looked for in the house, milliseconds.
	stillAround = 3 * 24 * 3_600_000
	// handsOver is how long after its last handover a warehouse counts as one that scans
	// what couriers take: elsewhere nobody can tell what is still there, milliseconds.
	handsOver = 7 * 24 * 3_600_000
)

// mustStay says why a parcel that has shipped must not leave the house after all, nil where
// it may: the order was closed, or what is in the parcel is refunded or about to be. lines
// are those in the parcel; none are all of the order.
func mustStay(o *order.Order, lines []order.LineQty) *errs.Error {
	switch {
	case o.InAftersale || o.OnHold(order.HoldRefund):
		return order.ErrRefundOpen.With("order_no", o.ChannelOrderNo)
	case o.ClosedAt != 0 || o.RefundState == order.RefundDone:
		return fulfillment.ErrDropped.With("order_no", o.ChannelOrderNo)
	}
	for _, l := range o.Lines {
		in := len(lines) == 0 && l.Shipped > 0 || slices.ContainsFunc(lines, func(q order.LineQty) bool { return q.LineID == l.ID })
		if in && l.Refunded > 0 && l.Refunded >= l.Ordered {
			return fulfillment.ErrDropped.With("order_no", o.ChannelOrderNo)
		}
	}
	return nil
}

// judgeShipped compares fulfillment orders that shipped and whose parcels no courier has
// with what their orders say: which must stay, which are free, and what waits for the
// courier again because a person had taken it out.
func (s *Service) judgeShipped(ctx context.Context, tx *db.Tx, shipped []fulfillment.FulfillmentOrder) (stay []hit, free []id.ID, again []parcel, err error) {
	if len(shipped) == 0 {
		return nil, nil, nil, nil
	}
	parcels, orders, err := s.here(ctx, tx, shipped)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, f := range shipped {
		var why *errs.Error
		for _, p := range parcels[f.ID] {
			if o := orders[p.OrderID]; o != nil && why == nil {
				why = mustStay(o, p.Lines)
			}
		}
		if why != nil {
			stay = append(stay, hit{order: f.ID, warehouse: f.WarehouseID, why: why, at: s.now()})
			continue
		}
		free, again = append(free, f.ID), append(again, outgoingOf(parcels[f.ID])...)
	}
	return stay, free, again, nil
}

// here are the parcels of fulfillment orders that shipped lately and that no courier has,
// by fulfillment order, with their orders. There are none where nobody scans what couriers take.
func (s *Service) here(ctx context.Context, tx *db.Tx, shipped []fulfillment.FulfillmentOrder) (map[id.ID][]fulfillment.Parcel, map[id.ID]*order.Order, error) {
	m, now := actor.Merchant(ctx), s.now()
	scans := map[id.ID]bool{}
	err := db.Read(ctx, tx, selectScanning, []any{m, now - handsOver}, func(r *db.Row) { scans[id.ID(r.Int())] = true })
	if err != nil {
		return nil, nil, err
	}
	p, err := s.policy(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range p.NoHandover {
		delete(scans, w)
	}
	lately := map[id.ID]bool{}
	var of []id.ID
	for i := range shipped {
		if f := &shipped[i]; now-f.UpdatedAt < stillAround && scans[f.WarehouseID] {
			lately[f.ID], of = true, append(of, f.OrderIDs()...)
		}
	}
	if len(of) == 0 {
		return nil, nil, nil
	}
	of = id.Once(of)
	var all []fulfillment.Parcel
	nos := []any{m}
	err = s.fulfillment.EachParcelTx(ctx, tx, fulfillment.ParcelFilter{OrderIDs: of}, func(page []fulfillment.Parcel) error {
		for _, p := range page {
			if lately[p.FulfillmentOrderID] && leaves(p) && now-p.ShippedAt < stillAround {
				all, nos = append(all, p), append(nos, p.WaybillNo)
			}
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	gone := map[string]bool{}
	if err := db.Read(ctx, tx, selectHandedOf(len(all)), nos, func(r *db.Row) { gone[r.Text()] = true }); err != nil {
		return nil, nil, err
	}
	found, err := s.orders.LoadTx(ctx, tx, of)
	if err != nil {
		return nil, nil, err
	}
	parcels, orders := map[id.ID][]fulfillment.Parcel{}, make(map[id.ID]*order.Order, len(found))
	for _, p := range all {
		if !gone[p.WaybillNo] {
			parcels[p.FulfillmentOrderID] = append(parcels[p.FulfillmentOrderID], p)
		}
	}
	for i := range found {
		orders[found[i].ID] = &found[i]
	}
	return parcels, orders, nil
}

// leaves: a courier takes it from here.
func leaves(p fulfillment.Parcel) bool {
	return p.CancelledAt == 0 && p.Kind != fulfillment.KindElsewhere && p.WaybillNo != ""
}

// outgoingOf are parcels as they wait for a courier.
func outgoingOf(all []fulfillment.Parcel) []parcel {
	var rows []parcel
	for _, p := range all {
		if leaves(p) {
			rows = append(rows, parcel{No: p.WaybillNo, OrderID: p.OrderID, Carrier: p.Carrier, ParcelID: p.ID, WarehouseID: p.WarehouseID, ShippedAt: p.ShippedAt})
		}
	}
	return rows
}

// keepTx takes the parcels of a fulfillment order that shipped off the list of what waits
// for a courier: a person has them.
func (s *Service) keepTx(ctx context.Context, tx *db.Tx, f *fulfillment.FulfillmentOrder) error {
	return s.fulfillment.EachParcelTx(ctx, tx, fulfillment.ParcelFilter{OrderIDs: f.OrderIDs()}, func(all []fulfillment.Parcel) error {
		for _, p := range all {
			if p.FulfillmentOrderID != f.ID || p.WaybillNo == "" {
				continue
			}
			if _, err := tx.Exec(ctx, keepHere, actor.Merchant(ctx), p.WaybillNo); err != nil {
				return err
			}
		}
		return nil
	})
}
