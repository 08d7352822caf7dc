package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Raised is what somebody else found out about an order: the reason of a hold stands,
// or does not any more.
type Raised struct {
	OrderID id.ID
	Kind    HoldKind
	Stands  bool
	Note    string // names no person
	UntilAt int64  // when it ends at the latest, unix ms, 0 where nobody can tell
	CauseID id.ID  // what raised it, such as a wave, to know it by later; 0 for none
	// ShipByAt is the order's promise to ship from now on, unix ms, 0 for as it is.
	ShipByAt int64
}

// RaiseTx opens and ends holds whose reasons lie outside the order (see package hold).
// What an order bears already stays, with its beginning, unless its note or its end is
// another one. Orders that left or ended bear only what hold.AfterShipping names. Orders
// that the actor may not see are passed over. One that lost the last thing that kept it
// from approving itself is approved. Events: order.held, order.released, order.approved.
//
// Errors: ErrChanged.
func (s *Service) RaiseTx(ctx context.Context, tx *db.Tx, all []Raised) error {
	ids, of := make([]id.ID, len(all)), map[id.ID][]Raised{}
	for i, r := range all {
		ids[i], of[r.OrderID] = r.OrderID, append(of[r.OrderID], r)
	}
	edits, err := s.lockEdits(ctx, tx, id.Once(ids))
	if err != nil {
		return err
	}
	for _, e := range edits {
		for _, r := range of[e.now.ID] {
			if r.ShipByAt != 0 {
				e.now.ShipByAt = r.ShipByAt
			}
			if h := e.hold(r.Kind); h != nil && (!r.Stands || h.Note != r.Note || h.UntilAt != r.UntilAt || h.CauseID != r.CauseID) {
				e.clear(r.Kind)
			}
			if e.set(r.Kind, r.Stands, r.Note); r.Stands {
				e.hold(r.Kind).UntilAt, e.hold(r.Kind).CauseID = r.UntilAt, r.CauseID
			}
		}
		e.evaluate()
		e.tellHolds()
	}
	if err := s.approveFreed(ctx, tx, edits); err != nil {
		return err
	}
	return s.save(ctx, tx, edits)
}

// approveFreed approves, where shops or rules want that, the orders that lost what kept
// them from approving themselves.
func (s *Service) approveFreed(ctx context.Context, tx *db.Tx, edits []*edit) error {
	freed := slices.DeleteFunc(slices.Clone(edits), func(e *edit) bool {
		return !e.candidate() || !slices.ContainsFunc(e.was.Holds, func(h Hold) bool { return RuleOf(h.Kind).StopsAuto && !e.now.OnHold(h.Kind) })
	})
	if len(freed) == 0 {
		return nil
	}
	shops, err := s.shopsOf(ctx, tx, freed)
	if err != nil {
		return err
	}
	if err := s.judge(ctx, tx, freed); err != nil {
		return err
	}
	for _, e := range freed {
		e.autoApprove(shops[e.now.ShopID])
	}
	return nil
}

// tellHolds emits what opened and what ended.
func (e *edit) tellHolds() {
	was := Order{Holds: e.was.Holds}
	var ended []HoldKind
	for _, h := range e.was.Holds {
		if !e.now.OnHold(h.Kind) {
			ended = append(ended, h.Kind)
		}
	}
	for _, h := range e.now.Holds {
		if !was.OnHold(h.Kind) {
			e.emit(Held{Kind: h.Kind})
		}
	}
	if len(ended) > 0 {
		e.emit(Released{Kinds: ended})
	}
}
