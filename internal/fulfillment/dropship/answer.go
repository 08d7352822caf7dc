package dropship

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/purchase"
)

// MoveInput names orders and what becomes of them.
type MoveInput struct {
	IDs    []id.ID `json:"ids"`
	State  State   `json:"state"` // Accepted, Refused or Withdrawn
	Reason string  `json:"reason,omitempty"`
}

// Move writes down a supplier's answer for it (接单、拒单), or takes orders back (撤回).
// What is refused or taken back is open again: what is refused is allocated by the rules
// at once, without that supplier, what is taken back can be sent anew. Permission fulfillment.dropship.
//
// Errors: ErrBadCount, ErrNoReason. Of rows: ErrNotSent.
func (s *Service) Move(ctx context.Context, in MoveInput) ([]Row, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return nil, err
	}
	return s.move(ctx, in, 0)
}

// Answer is Move by the supplier itself: it accepts or refuses (接单、拒单).
//
// Errors: as of Move. Of rows: ErrNotSent, also for orders of others.
func (s *Service) Answer(ctx context.Context, v purchase.Visitor, in MoveInput) ([]Row, error) {
	if in.State != Accepted {
		in.State = Refused
	}
	return s.move(ctx, in, v.SupplierID)
}

func (s *Service) move(ctx context.Context, in MoveInput, supplier id.ID) ([]Row, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	switch n := utf8.RuneCountInString(in.Reason); {
	case len(in.IDs) == 0 || len(in.IDs) > maxOrders:
		return nil, ErrBadCount.With("max", maxOrders)
	case n > 200, n == 0 && in.State == Refused:
		return nil, ErrNoReason.At("reason")
	}
	about := &command.About{Action: "dropship." + string(in.State), Detail: map[string]any{"orders": len(in.IDs)}}
	if supplier != 0 {
		about.Object = "supplier/" + supplier.String()
	}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) ([]Row, error) {
		return s.moveTx(ctx, tx, in, supplier)
	})
}

func (s *Service) moveTx(ctx context.Context, tx *db.Tx, in MoveInput, supplier id.ID) ([]Row, error) {
	ids := slices.Compact(slices.Sorted(slices.Values(in.IDs)))
	had, err := readStates(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	seen, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	now, m := clock.Millis(s.k.Clock), actor.Merchant(ctx)
	out := make([]Row, len(ids))
	var free []id.ID
	for i, one := range ids {
		out[i].ID = one
		at := slices.IndexFunc(seen, func(f fulfillmentOrder) bool { return f.ID == one })
		was := had[one]
		if at < 0 || supplier != 0 && was.supplier != supplier || !slices.Contains(Transitions[was.state], in.State) || seen[at].State != stateOpen {
			out[i].Err = ErrNotSent.With("state", string(was.state))
			continue
		}
		n, err := tx.ExecN(ctx, moveOrder, string(in.State), in.Reason, now, m, one, string(was.state))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			out[i].Err = errs.As(ErrNotSent.With("state", string(was.state)))
			continue
		}
		if in.State != Accepted {
			free = append(free, one)
		}
		if in.State == Refused {
			for _, o := range seen[at].OrderIDs() {
				if _, err := tx.Exec(ctx, putRefusal, m, o, was.supplier, in.Reason, now); err != nil {
					return nil, err
				}
			}
		}
		e := told(one, was.supplier, in.State, in.Reason)
		if err := s.k.Events.AppendTx(ctx, tx, e.Of, e.Payload); err != nil {
			return nil, err
		}
	}
	if len(free) > 0 {
		_, err = s.fulfillments.SealTx(ctx, tx, free, "")
	}
	return out, err
}
