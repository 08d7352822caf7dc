package fulfillment

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// ShipOrderInput is a fulfillment order that leaves.
type ShipOrderInput struct {
	ID id.ID `json:"id"`
	// Version is the one the papers were made for; 0 compares nothing.
	Version   int64  `json:"version,omitempty"`
	Carrier   string `json:"carrier,omitempty"` // as in ShipInput
	WaybillNo string `json:"waybill_no,omitempty"`
	// StaleReason and ConfirmWaybill are as in ShipInput.
	StaleReason    string `json:"stale_reason,omitempty"`
	ConfirmWaybill bool   `json:"confirm_waybill,omitempty"`
	// Numbered are the lines whose pieces' serial numbers were taken.
	Numbered []id.ID `json:"-"`
}

// ShippedOrder is what left: one parcel per order in it, all under one number.
type ShippedOrder struct {
	ID      id.ID     `json:"id"`
	Parcels []Shipped `json:"parcels"`
}

// ShipOrder hands a whole fulfillment order to the carrier, every order in it, all or
// none: channels are told of one parcel per order, under the same waybill number. What
// leaves is checked as GuardTx does, under lock. Repeating it changes nothing.
// Permission fulfillment.ship.
//
// Errors: those of GuardTx and of Ship.
func (s *Service) ShipOrder(ctx context.Context, in ShipOrderInput) (ShippedOrder, error) {
	if err := actor.Require(ctx, PermitShip); err != nil {
		return ShippedOrder{}, err
	}
	about := &command.About{Action: "fulfillment.ship", Object: "fulfillment_order/" + in.ID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (ShippedOrder, error) {
		out, err := s.ShipOrderTx(ctx, tx, in)
		about.Detail = map[string]any{"parcels": len(out.Parcels)}
		if len(out.Parcels) > 0 && out.Parcels[0].Stale {
			about.Detail["stale_reason"] = in.StaleReason
		}
		return out, err
	})
}

// ShipOrderTx is ShipOrder inside the caller's transaction. After an error the caller
// undoes what it wrote.
func (s *Service) ShipOrderTx(ctx context.Context, tx *db.Tx, in ShipOrderInput) (ShippedOrder, error) {
	e := &edit{}
	if err := s.lockEdit(ctx, tx, e, []id.ID{in.ID}); err != nil {
		return ShippedOrder{}, err
	}
	f := e.before[0]
	again := f.State == StateShipped
	if !again {
		if err := e.heard.guard(f, in.Version, actor.Lang(ctx)); err != nil {
			return ShippedOrder{}, err
		}
	}
	ins := f.shipments(in, again)
	done, err := s.ShipTx(ctx, tx, ins)
	if err != nil {
		return ShippedOrder{}, err
	}
	out := ShippedOrder{ID: f.ID}
	for i, d := range done {
		if d.Err != nil {
			return ShippedOrder{}, named(d.Err, e.heard.orders[ins[i].OrderID])
		}
		if again && !d.Unchanged {
			return ShippedOrder{}, ErrNotOpen.With("state", string(f.State))
		}
		out.Parcels = append(out.Parcels, d.Shipped)
	}
	return out, nil
}

// shipments are the parcels in which a fulfillment order leaves, one per order; again asks
// for those in which it left.
func (f *FulfillmentOrder) shipments(in ShipOrderInput, again bool) (out []ShipInput) {
	for _, o := range f.OrderIDs() {
		one := ShipInput{OrderID: o, WarehouseID: f.WarehouseID, Carrier: in.Carrier, WaybillNo: in.WaybillNo, StaleReason: in.StaleReason,
			ConfirmWaybill: in.ConfirmWaybill, Kind: f.Kind, fulfillment: f.ID, numbered: in.Numbered}
		if one.Carrier == "" && f.Kind == KindExpress {
			one.Carrier = f.CarrierWish
		}
		for _, l := range f.Lines {
			n := l.Left()
			if again {
				n = l.Shipped
			}
			if l.OrderID == o && n > 0 {
				one.Lines = append(one.Lines, order.LineQty{LineID: l.LineID, Quantity: n})
			}
		}
		if len(one.Lines) > 0 {
			out = append(out, one)
		}
	}
	return out
}

// ShipManyTx is ShipOrderTx of many, with one answer each: nil where it left, ErrUnchanged
// where it had left already. One that is refused leaves nothing behind and stops nobody
// else. The error is for what concerns them all.
func (s *Service) ShipManyTx(ctx context.Context, tx *db.Tx, ins []ShipOrderInput) ([]error, error) {
	out := make([]error, len(ins))
	alone, err := s.shipTogether(ctx, tx, ins, out)
	if err != nil {
		return nil, err
	}
	for _, i := range alone {
		err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
			done, err := s.ShipOrderTx(ctx, tx, ins[i])
			if err == nil && len(done.Parcels) > 0 && done.Parcels[0].Unchanged {
				err = ErrUnchanged
			}
			return err
		})
		if out[i] = err; err != nil && !refusal(err) {
			return nil, err
		}
	}
	return out, nil
}

// shipTogether ships, in a few statements, those that serve one order each which no other
// of them serves. It returns the places of the others: of a merged one all must leave or
// none.
func (s *Service) shipTogether(ctx context.Context, tx *db.Tx, ins []ShipOrderInput, out []error) (alone []int, err error) {
	ids := make([]id.ID, len(ins))
	for i, in := range ins {
		ids[i] = in.ID
		alone = append(alone, i)
	}
	e := &edit{}
	if err := s.lockEdit(ctx, tx, e, slices.Compact(slices.Sorted(slices.Values(ids)))); err != nil {
		if refusal(err) {
			err = nil // of one of them; which one is found out by asking each
		}
		return alone, err
	}
	at, serves := make(map[id.ID]*FulfillmentOrder, len(ins)), map[id.ID]int{}
	for _, f := range e.before {
		at[f.ID] = f
		for _, o := range f.OrderIDs() {
			serves[o]++
		}
	}
	alone = nil
	var batch []ShipInput
	var places []int
	for i, in := range ins {
		f := at[in.ID]
		orders := f.OrderIDs()
		parcel := f.shipments(in, false)
		if f.State != StateOpen || len(orders) != 1 || serves[orders[0]] != 1 || len(parcel) != 1 {
			alone = append(alone, i)
			continue
		}
		serves[orders[0]]++ // one that is named twice leaves once
		if out[i] = e.heard.guard(f, in.Version, actor.Lang(ctx)); out[i] == nil {
			batch, places = append(batch, parcel[0]), append(places, i)
		}
	}
	done, err := s.ShipTx(ctx, tx, batch)
	if err != nil {
		return nil, err
	}
	for k, d := range done {
		switch {
		case d.Err != nil:
			out[places[k]] = named(d.Err, e.heard.orders[batch[k].OrderID])
		case d.Unchanged:
			out[places[k]] = ErrUnchanged
		}
	}
	return alone, nil
}

// KindInput changes how a fulfillment order leaves.
type KindInput struct {
	ID          id.ID  `json:"id"`
	Kind        string `json:"kind,omitempty"`         // "" leaves it
	CarrierWish string `json:"carrier_wish,omitempty"` // a carrier's code or name, "" for no wish
}

// SetKind chooses how a fulfillment order leaves (发货方式): by which carrier, or not by
// one at all. Sealed ones stay as they are. Permission fulfillment.allocate.
//
// Errors: ErrNoOrder, ErrNotOpen, ErrSealed, ErrBadKind, ErrCarrierUnknown.
func (s *Service) SetKind(ctx context.Context, in KindInput) (FulfillmentOrder, error) {
	if err := actor.Require(ctx, PermitAllocate); err != nil {
		return FulfillmentOrder{}, err
	}
	about := &command.About{Action: "fulfillment.set_kind", Object: "fulfillment_order/" + in.ID.String(), Detail: map[string]any{"kind": in.Kind, "carrier": in.CarrierWish}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (FulfillmentOrder, error) {
		if err := s.SetKindTx(ctx, tx, in); err != nil {
			return FulfillmentOrder{}, err
		}
		return s.getTx(ctx, tx, in.ID)
	})
}

// SetKindTx is SetKind inside the caller's transaction; the choice of carriers uses it.
func (s *Service) SetKindTx(ctx context.Context, tx *db.Tx, in KindInput) error {
	f, err := s.getTx(ctx, tx, in.ID)
	switch {
	case err != nil:
		return err
	case f.State != StateOpen:
		return ErrNotOpen.With("state", string(f.State))
	case f.Sealed != "":
		return ErrSealed
	}
	kind, wish, err := kindOf(in.Kind, in.CarrierWish)
	if err != nil {
		return err
	}
	if in.Kind == "" {
		kind = f.Kind
	}
	n, err := tx.ExecN(ctx, setKind, kind, wish, s.k.Clock.Now().UnixMilli(), actor.Merchant(ctx), f.ID, f.Version)
	if err == nil && n == 0 {
		err = order.ErrChanged
	}
	return err
}

// kindOf checks a kind and a carrier as people write them.
func kindOf(kind, carrier string) (string, string, error) {
	if kind == "" {
		kind = KindExpress
	}
	if !slices.Contains(Kinds, kind) {
		return "", "", ErrBadKind.At("kind")
	}
	if carrier == "" {
		return kind, "", nil
	}
	c, ok := logistics.Find(carrier)
	if !ok {
		return "", "", ErrCarrierUnknown.With("carrier", clip(carrier)).At("carrier_wish")
	}
	return kind, c.Code, nil
}
