package legs

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// Leg is one way of two. Carrier is our code, or the writing where we do not know it.
type Leg struct {
	Carrier   string
	WaybillNo string
	At        int64 // unix milliseconds: it left, or its number became known
	ToldBy    id.ID // who said the second leg's number
}

// Legs are the ways of an order by a transit warehouse.
type Legs struct {
	OrderID id.ID
	To      string // where the transit warehouse sends it on, "" where nobody said
	First   []Leg
	Second  *Leg // nil while its number is not known
}

// Service follows both legs.
type Service struct {
	k       *kit.Kit
	orders  *order.Service
	parcels *fulfillment.Service
}

// New wires the capability.
func New(k *kit.Kit, orders *order.Service, parcels *fulfillment.Service) *Service {
	return &Service{k: k, orders: orders, parcels: parcels}
}

// Get tells both legs of an order. Permission fulfillment.read.
//
// Errors: order.ErrNotFound, ErrOneLeg.
func (s *Service) Get(ctx context.Context, orderID id.ID) (Legs, error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return Legs{}, err
	}
	found, err := s.orders.LoadTx(ctx, s.k.DB, []id.ID{orderID})
	if err == nil && len(found) == 0 {
		err = order.ErrNotFound
	}
	if err != nil {
		return Legs{}, err
	}
	out := Legs{OrderID: orderID}
	if !slices.Contains(found[0].ChannelFlags, order.FlagConsolidation) {
		return out, ErrOneLeg
	}
	for _, f := range found[0].ChannelFlags {
		if to, ok := strings.CutPrefix(f, order.FlagConsolidationTo); ok {
			out.To = to
		}
	}
	all, _, err := s.parcels.Parcels(ctx, fulfillment.ParcelFilter{OrderID: orderID, Limit: 200})
	if err != nil {
		return out, err
	}
	for _, p := range all {
		if p.CancelledAt == 0 {
			out.First = append(out.First, Leg{Carrier: p.Carrier, WaybillNo: p.WaybillNo, At: p.ShippedAt})
		}
	}
	var two Leg
	err = s.k.DB.QueryRow(ctx, selectLeg, actor.Merchant(ctx), orderID).Scan(&two.Carrier, &two.WaybillNo, &two.ToldBy, &two.At)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return out, nil
	case err == nil:
		out.Second = &two
	}
	return out, err
}

// SecondInput is the number of the parcel from the transit warehouse.
type SecondInput struct {
	OrderID   id.ID  `json:"order_id"`
	Carrier   string `json:"carrier"` // any writing
	WaybillNo string `json:"waybill_no"`
}

// TellSecond writes down the second leg's number (第二程单号), as the channel shows it.
// Telling another one replaces it. Permission fulfillment.ship.
//
// Errors: order.ErrNotFound, ErrOneLeg, ErrEarly, ErrBadLeg.
func (s *Service) TellSecond(ctx context.Context, in SecondInput) (Legs, error) {
	if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
		return Legs{}, err
	}
	now, err := s.Get(ctx, in.OrderID)
	if err != nil {
		return now, err
	}
	no, carrier := logistics.Clean(in.WaybillNo), strings.TrimSpace(in.Carrier)
	if c, ok := logistics.Find(carrier); ok {
		carrier = c.Code
	}
	switch {
	case len(now.First) == 0:
		return now, ErrEarly
	case no == "" || carrier == "" || len(no) > 60 || len(carrier) > 60:
		return now, ErrBadLeg.At("waybill_no")
	}
	about := &command.About{Action: "legs.tell_second", Object: "order/" + in.OrderID.String(), Detail: map[string]any{"carrier": carrier}}
	if _, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (bool, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return false, err
		}
		if _, err := tx.Exec(ctx, putLeg, a.MerchantID, in.OrderID, carrier, no, a.ID, clock.Millis(s.k.Clock)); err != nil {
			return false, err
		}
		return true, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: in.OrderID}, Told{OrderID: in.OrderID, Carrier: carrier, WaybillNo: no})
	}); err != nil {
		return now, err
	}
	return s.Get(ctx, in.OrderID)
}
