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
	var ins []ShipInput
	for _, o := range f.OrderIDs() {
		one := ShipInput{OrderID: o, WarehouseID: f.WarehouseID, Carrier: in.Carrier, WaybillNo: in.WaybillNo, StaleReason: in.StaleReason,
			ConfirmWaybill: in.ConfirmWaybill, Kind: f.Kind, fulfillment: f.ID}
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
			ins = append(ins, one)
		}
	}
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
