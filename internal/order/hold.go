package order

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// HoldInput names the order and why it waits.
type HoldInput struct {
	OrderID id.ID  `json:"order_id"`
	Version int64  `json:"version,omitempty"`
	Note    string `json:"note"`
}

// maxNote bounds notes and reasons, in characters.
const maxNote = 500

// Hold keeps an order from being approved and shipped until a person releases it
// (挂起). Holding twice changes nothing. Permission order.hold.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrTooLong.
func (s *Service) Hold(ctx context.Context, in HoldInput) (Result, error) {
	return run(ctx, s, ActHold, in.OrderID, nil, in, s.HoldTx)
}

// HoldTx is Hold inside the caller's transaction.
func (s *Service) HoldTx(ctx context.Context, tx *db.Tx, in HoldInput) (Result, error) {
	in.Note = strings.TrimSpace(in.Note)
	if utf8.RuneCountInString(in.Note) > maxNote {
		return Result{}, ErrTooLong.With("max", maxNote).At("note")
	}
	return s.change(ctx, tx, in.OrderID, in.Version, ActHold, func(_ context.Context, e *edit) error {
		if e.now.OnHold(HoldManual) {
			return nil
		}
		e.raise(HoldManual, in.Note)
		e.emit(Held{Kind: HoldManual})
		return nil
	})
}

// ReleaseInput names the order and the hold; Kind "" is every hold a person may end.
type ReleaseInput struct {
	OrderID id.ID    `json:"order_id"`
	Version int64    `json:"version,omitempty"`
	Kind    HoldKind `json:"kind,omitempty"`
}

// Release ends holds (解挂). Holds whose reason still stands, such as goods that
// are out of stock, end by themselves and are not released. Permission order.hold.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrHoldNotOpen, ErrHoldNotYours.
func (s *Service) Release(ctx context.Context, in ReleaseInput) (Result, error) {
	return run(ctx, s, ActRelease, in.OrderID, map[string]any{"kind": in.Kind}, in, s.ReleaseTx)
}

// ReleaseTx is Release inside the caller's transaction.
func (s *Service) ReleaseTx(ctx context.Context, tx *db.Tx, in ReleaseInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActRelease, func(ctx context.Context, e *edit) error {
		if in.Kind != "" {
			if !e.now.OnHold(in.Kind) {
				return ErrHoldNotOpen.At("kind")
			}
			if !RuleOf(in.Kind).Releasable {
				return ErrHoldNotYours.At("kind")
			}
		}
		var ended []HoldKind
		for _, h := range e.was.Holds {
			if RuleOf(h.Kind).Releasable && (in.Kind == "" || in.Kind == h.Kind) && e.clear(h.Kind) {
				ended = append(ended, h.Kind)
			}
		}
		e.emit(Released{Kinds: ended})
		if err := s.waive(ctx, tx, e); err != nil {
			return err
		}
		sh, err := s.shops.GetTx(ctx, tx, e.now.ShopID)
		if err != nil {
			return err
		}
		e.autoApprove(sh)
		return nil
	})
}
