package fulfillment

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

// ChangeWaybillInput names the parcel and its right number.
type ChangeWaybillInput struct {
	ParcelID  id.ID  `json:"parcel_id"`
	Carrier   string `json:"carrier"` // as in ShipInput
	WaybillNo string `json:"waybill_no"`
	// ConfirmWaybill takes a number that does not look like the carrier's.
	ConfirmWaybill bool `json:"confirm_waybill,omitempty"`
}

// ChangeWaybill corrects the number of a parcel that was shipped here (改单号). The
// channel is told afterwards. The same number again changes nothing. Permission
// fulfillment.ship.
//
// Errors: ErrParcelNotFound, ErrNotOurs, ErrNoWaybill, those of the carrier and the
// number as in Ship, ErrDuplicateWaybill.
func (s *Service) ChangeWaybill(ctx context.Context, in ChangeWaybillInput) (Parcel, error) {
	if err := actor.Require(ctx, PermitShip); err != nil {
		return Parcel{}, err
	}
	about := &command.About{Action: "fulfillment.change_waybill", Object: "parcel/" + in.ParcelID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Parcel, error) {
		p, err := s.parcelTx(ctx, tx, in.ParcelID)
		if err != nil {
			return p, err
		}
		if p.Kind != KindExpress || p.CancelledAt != 0 {
			return p, ErrNotOurs
		}
		plan, w, err := s.judgeChange(ctx, tx, in, p)
		if err != nil || plan.waybillNo == p.WaybillNo && plan.carrier.Code == p.Carrier {
			return p, err
		}
		return s.changeWaybillTx(ctx, tx, w, plan, p)
	})
}

// parcelTx reads one parcel within the actor's scope.
func (s *Service) parcelTx(ctx context.Context, q db.Querier, parcel id.ID) (Parcel, error) {
	f := ParcelFilter{IDs: []id.ID{parcel}}
	a, err := actor.From(ctx)
	if err != nil {
		return Parcel{}, err
	}
	if !narrow(&f.ShopIDs, a) {
		return Parcel{}, ErrParcelNotFound
	}
	all, err := readParcels(ctx, q, a.MerchantID, f, 1)
	if err == nil && len(all) == 0 {
		err = ErrParcelNotFound
	}
	if err != nil {
		return Parcel{}, err
	}
	return all[0], readLines(ctx, q, a.MerchantID, all)
}

func (s *Service) judgeChange(ctx context.Context, tx *db.Tx, in ChangeWaybillInput, p Parcel) (*plan, *world, error) {
	ship := ShipInput{OrderID: p.OrderID, Carrier: in.Carrier, WaybillNo: in.WaybillNo, ConfirmWaybill: in.ConfirmWaybill}
	w, err := s.lookAround(ctx, tx, []ShipInput{ship}, []int{0}, true)
	if err != nil {
		return nil, nil, err
	}
	out := &plan{order: w.orders[p.OrderID], waybillNo: logistics.Clean(in.WaybillNo)}
	switch {
	case out.order == nil:
		return nil, nil, ErrParcelNotFound
	case out.waybillNo == "":
		return nil, nil, ErrNoWaybill.At("waybill_no")
	}
	if err := w.judgeCarrier(ship, out); err != nil {
		return nil, nil, err
	}
	return out, w, w.judgeOwner(out)
}

func (s *Service) changeWaybillTx(ctx context.Context, tx *db.Tx, w *world, to *plan, p Parcel) (Parcel, error) {
	n, err := tx.ExecN(ctx, updateParcelWaybill, to.carrier.Code, to.carrierText, to.waybillNo, w.merchant, p.ID, p.WaybillNo)
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, ErrNotOurs
	}
	if _, err := tx.Exec(ctx, freeWaybill, w.merchant, p.WaybillNo, p.OrderID); err != nil {
		return p, err
	}
	if err := s.claimWaybills(ctx, tx, w, []*plan{to}); err != nil {
		return p, err
	}
	if err := s.orders.MarkWaybillTx(ctx, tx, p.OrderID, p.WaybillNo, to.carrier.Code, to.waybillNo); err != nil {
		return p, err
	}
	var version int64
	if err := tx.QueryRow(ctx, selectWaybillVersion, w.merchant, p.ID).Scan(&version); err != nil {
		return p, err
	}
	err = s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: p.OrderID}, WaybillChanged{ParcelID: p.ID, OrderID: p.OrderID, ShopID: p.ShopID,
		OldCarrier: p.Carrier, OldNo: p.WaybillNo, Carrier: to.carrier.Code, No: to.waybillNo, Version: version})
	if err != nil {
		return p, err
	}
	return s.parcelTx(ctx, tx, p.ID)
}
