package fulfillment

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// SplitInput cuts a fulfillment order. What no part names stays together as one more.
type SplitInput struct {
	ID    id.ID       `json:"id"`
	Parts []SplitPart `json:"parts"`
}

// SplitPart is what leaves by itself. WarehouseID 0 is where it stands.
type SplitPart struct {
	WarehouseID id.ID           `json:"warehouse_id,omitempty"`
	Lines       []order.LineQty `json:"lines"`
}

// Split (拆单) makes several fulfillment orders of one, by lines, quantities or
// warehouses; a part that goes to another warehouse takes its reservation along.
// Quantities and money stay what they are; Undo brings the former one back.
// Permission fulfillment.split.
//
// Errors: ErrNoOrder, ErrNotOpen, ErrSealed, ErrNoMerge (partly shipped), ErrBadSplit,
// ErrNoWarehouse, ErrShort.
func (s *Service) Split(ctx context.Context, in SplitInput) (Edited, error) {
	if err := actor.Require(ctx, PermitSplit); err != nil {
		return Edited{}, err
	}
	about := &command.About{Action: "fulfillment.split", Object: "fulfillment_order/" + in.ID.String(), Detail: map[string]any{"parts": len(in.Parts)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Edited, error) {
		return s.SplitTx(ctx, tx, in)
	})
}

// SplitTx is Split inside the caller's transaction.
func (s *Service) SplitTx(ctx context.Context, tx *db.Tx, in SplitInput) (Edited, error) {
	e, err := s.beginEdit(ctx, tx, EditSplit, []id.ID{in.ID})
	if err != nil {
		return Edited{}, err
	}
	f := e.before[0]
	left := make(map[id.ID]*FulfillmentLine, len(f.Lines))
	rest := append([]FulfillmentLine(nil), f.Lines...)
	for i := range rest {
		left[rest[i].LineID] = &rest[i]
	}
	for _, part := range in.Parts {
		p := &FulfillmentOrder{ID: s.k.IDs.New(), WarehouseID: f.WarehouseID, SupplierID: f.SupplierID, Kind: f.Kind, CarrierWish: f.CarrierWish, State: StateOpen, Version: 1}
		if part.WarehouseID != 0 {
			p.WarehouseID = part.WarehouseID
		}
		for _, l := range mergeLines(part.Lines) {
			from := left[l.LineID]
			if from == nil || l.Quantity < 1 || l.Quantity > from.Quantity {
				return Edited{}, ErrBadSplit.At("parts")
			}
			from.Quantity -= l.Quantity
			p.Lines = append(p.Lines, FulfillmentLine{OrderID: from.OrderID, LineID: l.LineID, Quantity: l.Quantity})
		}
		if len(p.Lines) == 0 {
			return Edited{}, ErrBadSplit.At("parts")
		}
		e.after = append(e.after, p)
	}
	stays := &FulfillmentOrder{ID: s.k.IDs.New(), WarehouseID: f.WarehouseID, SupplierID: f.SupplierID, Kind: f.Kind, CarrierWish: f.CarrierWish, State: StateOpen, Version: 1}
	for _, l := range rest {
		if l.Quantity > 0 {
			stays.Lines = append(stays.Lines, l)
		}
	}
	if len(stays.Lines) > 0 {
		e.after = append(e.after, stays)
	}
	if len(e.after) < 2 {
		return Edited{}, ErrBadSplit.At("parts")
	}
	return s.finishEdit(ctx, tx, e)
}
