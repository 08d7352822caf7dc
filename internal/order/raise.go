package order

import (
	"context"

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
}

// RaiseTx opens and ends holds whose reasons lie outside the order (see package hold).
// What an order bears already stays, with its beginning, unless its note or its end is
// another one. Orders that left or ended bear only what hold.AfterShipping names. Orders
// that the actor may not see are passed over. Events: order.held, order.released.
//
// Errors: ErrChanged.
func (s *Service) RaiseTx(ctx context.Context, tx *db.Tx, all []Raised) error {
	ids, of := make([]id.ID, len(all)), map[id.ID][]Raised{}
	for i, r := range all {
		ids[i], of[r.OrderID] = r.OrderID, append(of[r.OrderID], r)
	}
	edits, err := s.lockEdits(ctx, tx, unique(ids))
	if err != nil {
		return err
	}
	for _, e := range edits {
		for _, r := range of[e.now.ID] {
			if h := e.hold(r.Kind); h != nil && (!r.Stands || h.Note != r.Note || h.UntilAt != r.UntilAt) {
				e.clear(r.Kind)
			}
			if e.set(r.Kind, r.Stands, r.Note); r.Stands {
				e.hold(r.Kind).UntilAt = r.UntilAt
			}
		}
		e.evaluate()
		e.tellHolds()
	}
	return s.save(ctx, tx, edits)
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
