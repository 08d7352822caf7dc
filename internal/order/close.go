package order

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// CloseInput names the order and why it will not ship.
type CloseInput struct {
	OrderID id.ID  `json:"order_id"`
	Version int64  `json:"version,omitempty"`
	Reason  string `json:"reason"` // a short word: buyer_cancelled, out_of_stock, test_order, duplicate, other
	Note    string `json:"note,omitempty"`
}

// Close ends an order that will not be shipped (关闭订单) and gives its stock back.
// It changes nothing on the channel. Permission order.close.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrNoReason, ErrTooLong.
func (s *Service) Close(ctx context.Context, in CloseInput) (Result, error) {
	return run(ctx, s, ActClose, in.OrderID, map[string]any{"reason": in.Reason}, in, s.CloseTx)
}

// CloseTx is Close inside the caller's transaction.
func (s *Service) CloseTx(ctx context.Context, tx *db.Tx, in CloseInput) (Result, error) {
	in.Reason, in.Note = strings.TrimSpace(in.Reason), strings.TrimSpace(in.Note)
	if in.Reason == "" {
		return Result{}, ErrNoReason.At("reason")
	}
	if utf8.RuneCountInString(in.Reason) > 60 || utf8.RuneCountInString(in.Note) > maxNote {
		return Result{}, ErrTooLong.With("max", maxNote).At("note")
	}
	return s.change(ctx, tx, in.OrderID, in.Version, ActClose, func(ctx context.Context, e *edit) error {
		e.now.ClosedAt, e.now.ClosedReason = e.at, in.Reason
		if in.Note != "" {
			e.now.SellerNote = strings.TrimSpace(e.now.SellerNote + "\n" + in.Note)
		}
		e.emit(OrderClosed{By: byPerson, Reason: in.Reason})
		return s.restock(ctx, tx, e)
	})
}

// restock brings one edited order's reservation in line with what it needs now.
func (s *Service) restock(ctx context.Context, tx *db.Tx, e *edit) error {
	shops, err := s.shopsOf(ctx, tx, []*edit{e})
	if err != nil {
		return err
	}
	return s.reserve(ctx, tx, []*edit{e}, shops)
}
