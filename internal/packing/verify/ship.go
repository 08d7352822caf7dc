package verify

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// finish ships a parcel that is complete, by the same use case as everywhere else. in
// carries what a person confirmed. A refusal keeps the session open.
func (t *turn) finish(ctx context.Context, in fulfillment.ShipOrderInput) error {
	se := t.se
	if se.Next() != NextShip {
		return nil
	}
	in.ID, in.Version = se.FulfillmentOrderID, se.Version
	if se.needsNumber() {
		in.Carrier, in.WaybillNo = se.Carrier, se.WaybillNo
	}
	for _, it := range se.Items {
		if it.Serial != "" {
			in.Numbered = append(in.Numbered, it.LineID)
		}
	}
	in.ConfirmWaybill = in.ConfirmWaybill || se.WaybillID != 0 // its carrier issued it
	var done fulfillment.ShippedOrder
	err := t.tx.Save(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		done, err = t.s.fulfillment.ShipOrderTx(ctx, tx, in)
		return err
	})
	if err != nil {
		if t.refusal, err = refusal(err); err != nil {
			return err
		}
		t.verdict = Refused
		if se.WaybillID == 0 && t.refusal.Is(fulfillment.ErrDuplicateWaybill) {
			se.WaybillNo = "" // another number is scanned
		}
		return nil
	}
	t.verdict, se.State, se.EndedAt = Left, Shipped, t.now
	if err := t.s.endHitTx(ctx, t.tx, hitFree, se.FulfillmentOrderID); err != nil {
		return err
	}
	var rows []parcel
	for _, p := range done.Parcels {
		if se.needsNumber() {
			rows = append(rows, parcel{No: se.WaybillNo, OrderID: p.OrderID, Carrier: p.Carrier, ParcelID: p.ParcelID, WarehouseID: se.WarehouseID, ShippedAt: t.now})
		}
	}
	if err := t.s.sentTx(ctx, t.tx, rows); err != nil {
		return err
	}
	return t.s.k.Events.AppendTx(ctx, t.tx, event.Of{Aggregate: "fulfillment_order", ID: se.FulfillmentOrderID},
		ParcelVerified{SessionID: se.ID, FulfillmentOrderID: se.FulfillmentOrderID, Bench: se.Bench, Pieces: se.Done, Forced: se.Forced, Gram: se.Gram})
}

// ShipInput repeats a shipment that was refused.
type ShipInput struct {
	SessionID id.ID  `json:"session_id"`
	Bench     string `json:"bench"`
	// StaleReason and ConfirmWaybill are as in fulfillment.ShipInput.
	StaleReason    string `json:"stale_reason,omitempty"`
	ConfirmWaybill bool   `json:"confirm_waybill,omitempty"`
}

// Ship ships a complete parcel whose last scan could not. Permission packing.verify.
//
// Errors: ErrNoSession, ErrLost, ErrNotReady.
func (s *Service) Ship(ctx context.Context, in ShipInput) (Answer, error) {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return Answer{}, err
	}
	return s.step(ctx, "packing.verify_ship", in, in.SessionID, in.Bench, "", func(ctx context.Context, t *turn) error {
		if n := t.se.Next(); n != NextShip {
			return ErrNotReady.With("next", string(n))
		}
		return t.finish(ctx, fulfillment.ShipOrderInput{StaleReason: in.StaleReason, ConfirmWaybill: in.ConfirmWaybill})
	})
}

// WeighInput is what the scales say.
type WeighInput struct {
	SessionID id.ID  `json:"session_id"`
	Bench     string `json:"bench"`
	Gram      int64  `json:"gram"`
	// Reason takes a weight that is off, with permission packing.force or By.
	Reason string      `json:"reason,omitempty"`
	By     *Supervisor `json:"-"`
}

// Weigh takes the weight of a complete parcel (称重), which ships it. A weight too far
// from what its goods weigh is not taken without a supervisor's reason: the answer is
// OffWeight. Permission packing.verify.
//
// Errors: ErrWeight, ErrReason, ErrSupervisor, ErrNoSession, ErrLost, ErrNotReady.
func (s *Service) Weigh(ctx context.Context, in WeighInput) (Answer, error) {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return Answer{}, err
	}
	if in.Gram < 1 || in.Gram > maxGram {
		return Answer{}, ErrWeight.With("max", maxGram).At("gram")
	}
	reason, signer := "", id.ID(0)
	if strings.TrimSpace(in.Reason) != "" {
		var err error
		if reason, err = cleanReason(in.Reason); err != nil {
			return Answer{}, err
		}
		if signer, err = s.supervised(ctx, in.By, in.SessionID); err != nil {
			return Answer{}, err
		}
	}
	return s.step(ctx, "packing.weigh", in, in.SessionID, in.Bench, "", func(ctx context.Context, t *turn) error {
		if n := t.se.Next(); n != NextWeight && n != NextShip {
			return ErrNotReady.With("next", string(n))
		}
		p, err := s.policy(ctx, t.tx)
		if err != nil {
			return err
		}
		if off := p.off(t.se.ExpectedGram, in.Gram); off && reason == "" {
			t.verdict = OffWeight
			return nil
		}
		t.se.Gram, t.verdict = in.Gram, Weighed
		if reason != "" {
			t.se.Reason, t.signer = reason, signer
		}
		return t.finish(ctx, fulfillment.ShipOrderInput{})
	})
}

// off reports whether a weight is too far from the expected one, where that is known.
func (p Policy) off(expected, gram int64) bool {
	if expected == 0 {
		return false
	}
	d := gram - expected
	if d < 0 {
		d = -d
	}
	return d > max(p.OffGram, expected*p.OffPercent/100)
}

// ForceInput passes a parcel whose pieces cannot all be scanned.
type ForceInput struct {
	SessionID id.ID  `json:"session_id"`
	Bench     string `json:"bench"`
	Reason    string `json:"reason"`
	// By signs where the actor lacks permission packing.force.
	By *Supervisor `json:"-"`
}

// Force counts every piece that is left, on a supervisor's word (强制通过). It never
// passes what may not leave, nor pieces that need a number. Permission packing.verify, and
// packing.force of whoever answers for it.
//
// Errors: ErrReason, ErrSupervisor, ErrNoSession, ErrLost, ErrSerials, ErrNotReady.
func (s *Service) Force(ctx context.Context, in ForceInput) (Answer, error) {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return Answer{}, err
	}
	reason, err := cleanReason(in.Reason)
	if err != nil {
		return Answer{}, err
	}
	signer, err := s.supervised(ctx, in.By, in.SessionID)
	if err != nil {
		return Answer{}, err
	}
	return s.step(ctx, "packing.force", in, in.SessionID, in.Bench, "", func(ctx context.Context, t *turn) error {
		var left, numbered int64
		for _, it := range t.se.Items {
			left += it.Need - it.Done
			if it.Serial != "" {
				numbered += it.Need - it.Done
			}
		}
		switch {
		case numbered > 0:
			return ErrSerials.With("n", numbered)
		case left == 0:
			return ErrNotReady.With("next", string(t.se.Next()))
		}
		t.se.Reason, t.se.Forced, t.verdict, t.signer = reason, t.se.Forced+left, Forced, signer
		for i := range t.se.Items {
			it := &t.se.Items[i]
			if n := it.Need - it.Done; n > 0 {
				if err := t.add(ctx, it, n); err != nil {
					return err
				}
			}
		}
		t.pieces = 0 // counts per minute are of scans
		return t.finish(ctx, fulfillment.ShipOrderInput{})
	})
}
