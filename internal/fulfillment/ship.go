package fulfillment

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// ShipInput is one parcel to ship.
type ShipInput struct {
	OrderID id.ID
	// WarehouseID is where it leaves from; 0 is where the order is reserved, else
	// the shop's warehouse.
	WarehouseID id.ID
	// Carrier is a carrier's code or any spelling of its name; empty where the
	// waybill number tells it without doubt.
	Carrier   string
	WaybillNo string
	// Lines is what the parcel holds; nil is all that is left of the order.
	Lines []order.LineQty
	// SKUs is the same by SKU code, for sources that do not know line ids.
	SKUs []SKUQty
	// StaleReason lets a supervisor ship on data older than the shop allows.
	StaleReason string
	// ConfirmWaybill ships under a number that does not look like the carrier's, or with
	// another carrier than the buyer was promised.
	ConfirmWaybill bool
	// Kind is how it leaves; "" is KindExpress. Only that needs a carrier and a number;
	// KindSameCity may have both in any writing.
	Kind string

	fulfillment id.ID // the fulfillment order that ships
	numbered    []id.ID
}

// SKUQty is a quantity of a SKU code; 0 is all that is left of it.
type SKUQty struct {
	Code     string
	Quantity int64
}

// Shipped is what became of one ShipInput.
type Shipped struct {
	OrderID  id.ID `json:"order_id"`
	ParcelID id.ID `json:"parcel_id"`
	// Unchanged: the order was already shipped under this number; nothing was done.
	Unchanged bool `json:"unchanged"`
	// Carrier is the code that was understood.
	Carrier string `json:"carrier"`
	// Warning is the code of something to look at, "" where there is nothing.
	Warning string `json:"warning,omitempty"`
	// Stale: a supervisor shipped it on old data.
	Stale bool `json:"stale,omitempty"`
}

// Outcome is one row of a batch.
type Outcome struct {
	Shipped
	Err error
}

// Ship hands one parcel to the carrier (发货): its stock is deducted, the order
// moves, the parcel and its event are written, all together or not at all.
// Shipping the same order under the same waybill number again changes nothing.
// Permission fulfillment.ship.
//
// Errors: order.ErrNotFound, ErrAlreadyShipped, ErrTooMany,
// ErrLineUnknown, ErrNoWaybill, ErrNoCarrier, ErrCarrierUnknown, ErrBadWaybill,
// ErrBadWaybillLike, ErrBadWaybillCarrier, ErrDuplicateWaybill, ErrStaleData, ErrNoWarehouse, ErrHeld, ErrNoSerials,
// inventory.ErrInsufficient, and why order.MarkShippedTx refuses.
func (s *Service) Ship(ctx context.Context, in ShipInput) (Shipped, error) {
	if err := actor.Require(ctx, PermitShip); err != nil {
		return Shipped{}, err
	}
	about := &command.About{Action: "fulfillment.ship", Object: "order/" + in.OrderID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Shipped, error) {
		out, err := s.ShipTx(ctx, tx, []ShipInput{in})
		if err != nil {
			return Shipped{}, err
		}
		if out[0].Err != nil {
			return Shipped{}, out[0].Err
		}
		about.Detail = map[string]any{"parcel_id": out[0].ParcelID, "unchanged": out[0].Unchanged}
		if out[0].Stale {
			about.Detail["stale_reason"] = in.StaleReason
		}
		return out[0].Shipped, nil
	})
}

// ShipTx ships a batch inside the caller's transaction, with one outcome per
// input. A refused input leaves nothing behind and stops nobody else. The error
// is for what concerns the whole transaction.
func (s *Service) ShipTx(ctx context.Context, tx *db.Tx, ins []ShipInput) ([]Outcome, error) {
	out := make([]Outcome, len(ins))
	todo := make([]int, len(ins))
	for i := range ins {
		todo[i] = i
	}
	// An order that comes twice is looked at again after its first parcel: one
	// shipment per order and round.
	for len(todo) > 0 {
		var now, later []int
		seen := map[id.ID]bool{}
		for _, i := range todo {
			if seen[ins[i].OrderID] {
				later = append(later, i)
				continue
			}
			seen[ins[i].OrderID] = true
			now = append(now, i)
		}
		if err := s.shipRound(ctx, tx, ins, now, out); err != nil {
			return nil, err
		}
		todo = later
	}
	return out, nil
}

func (s *Service) shipRound(ctx context.Context, tx *db.Tx, ins []ShipInput, now []int, out []Outcome) error {
	w, err := s.lookAround(ctx, tx, ins, now, true)
	if err != nil {
		return err
	}
	plans := make([]*plan, 0, len(now))
	for _, i := range now {
		p := w.plan(ins[i])
		p.at = i
		out[i] = p.out
		if p.out.Err == nil && !p.out.Unchanged {
			plans = append(plans, p)
		}
	}
	if err := s.writeAll(ctx, tx, w, plans); err != nil {
		return err
	}
	for _, p := range plans {
		out[p.at] = p.out
	}
	return nil
}

// writeAll writes what was planned. Stock is taken for all in a few statements;
// when that is refused, halves are tried until the refused ones stand alone.
func (s *Service) writeAll(ctx context.Context, tx *db.Tx, w *world, plans []*plan) error {
	if len(plans) == 0 {
		return nil
	}
	var outs []Outcome
	err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		outs, err = s.write(ctx, tx, w, plans)
		return err
	})
	switch {
	case err == nil:
		for i, p := range plans {
			p.out = outs[i]
		}
		return nil
	case !refusal(err):
		return err
	case len(plans) == 1:
		plans[0].out = Outcome{Shipped: Shipped{OrderID: plans[0].order.ID}, Err: err}
		return nil
	}
	half := len(plans) / 2
	if err := s.writeAll(ctx, tx, w, plans[:half]); err != nil {
		return err
	}
	return s.writeAll(ctx, tx, w, plans[half:])
}

// refusal tells an answer to one row from a failure of the whole transaction.
func refusal(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.NotFound, errs.Conflict, errs.Forbidden:
		return true
	}
	return false
}

// write does it all for plans of different orders. Its error undoes all of them;
// a plan that finds too little stock is an outcome and has written nothing.
func (s *Service) write(ctx context.Context, tx *db.Tx, w *world, plans []*plan) ([]Outcome, error) {
	outs := make([]Outcome, len(plans))
	shipments := make([][]inventory.Take, len(plans))
	for i, p := range plans {
		outs[i] = p.out
		p.parcelID = s.k.IDs.New()
		outs[i].ParcelID = p.parcelID
		shipments[i] = w.takes(p)
	}
	shorts, err := s.stock.DeductEachTx(ctx, tx, shipments)
	if err != nil {
		return nil, err
	}
	alive := make([]*plan, 0, len(plans))
	marks, orders := make([]order.Shipment, 0, len(plans)), make([]order.Order, 0, len(plans))
	for i, p := range plans {
		if shorts[i] != nil {
			outs[i] = Outcome{Shipped: Shipped{OrderID: p.order.ID}, Err: shorts[i]}
			continue
		}
		alive = append(alive, p)
		orders = append(orders, *p.order) // locked by lookAround
		marks = append(marks, order.Shipment{OrderID: p.order.ID, WarehouseID: p.warehouseID, Carrier: p.carrier.Code,
			WaybillNo: p.waybillNo, At: w.now, Lines: p.lines})
	}
	if len(alive) == 0 {
		return outs, nil
	}
	refused, err := s.orders.MarkLockedShippedTx(ctx, tx, orders, marks)
	if err != nil {
		return nil, err
	}
	for _, err := range refused {
		if err != nil {
			return nil, err // its stock is off the shelf: undo, and let it stand alone
		}
	}
	if err := s.claimWaybills(ctx, tx, w, alive); err != nil {
		return nil, err
	}
	return outs, s.writeParcels(ctx, tx, w, alive)
}

// claimWaybills puts each number on the order that takes it first. Two
// transactions under one number meet here: the later one sees the earlier one's row.
func (s *Service) claimWaybills(ctx context.Context, tx *db.Tx, w *world, plans []*plan) error {
	first := map[string]*plan{}
	var nos []string
	for _, p := range plans {
		if p.waybillNo != "" && first[p.waybillNo] == nil {
			first[p.waybillNo] = p
			nos = append(nos, p.waybillNo)
		}
	}
	if len(nos) == 0 {
		return nil
	}
	slices.Sort(nos)
	rows := make([][]any, len(nos))
	for i, no := range nos {
		rows[i] = []any{w.merchant, no, first[no].order.ID}
	}
	n, err := tx.Insert(ctx, "fulfillment_waybill", waybillColumns, rows, keepFirst)
	if err != nil || n == int64(len(nos)) {
		return err
	}
	owners, err := waybillOwners(ctx, tx, w.merchant, nos)
	if err != nil {
		return err
	}
	for _, p := range plans {
		// What lookAround saw was judged by plan; an owner that came since is a race.
		if o := owners[p.waybillNo]; p.waybillNo != "" && o != p.order.ID && o != w.owners[p.waybillNo] && first[p.waybillNo].order.ID != o {
			first, err := s.orders.LoadTx(ctx, tx, []id.ID{o})
			if err != nil {
				return err
			}
			no := "?" // in a shop that is not the actor's to see
			if len(first) == 1 {
				no = first[0].ChannelOrderNo
			}
			return ErrDuplicateWaybill.With("waybill_no", p.waybillNo, "order_no", no).At("waybill_no")
		}
	}
	return nil
}
