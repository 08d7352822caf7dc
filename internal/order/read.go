package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ReadInput names the order.
type ReadInput struct {
	OrderID id.ID `json:"order_id"`
}

// MarkRead takes the unread mark off an order (标记已读). Permission order.read.
//
// Errors: ErrNotFound, ErrNotAllowed when it was read before.
func (s *Service) MarkRead(ctx context.Context, in ReadInput) (Result, error) {
	return run(ctx, s, ActRead, in.OrderID, nil, in, s.MarkReadTx)
}

// MarkReadTx is MarkRead inside the caller's transaction.
func (s *Service) MarkReadTx(ctx context.Context, tx *db.Tx, in ReadInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, 0, ActRead, func(_ context.Context, e *edit) error {
		e.now.Unread = false
		e.emit(Read{})
		return nil
	})
}

// MarkUnread puts the unread mark back on. Permission order.read.
//
// Errors: ErrNotFound, ErrNotAllowed.
func (s *Service) MarkUnread(ctx context.Context, in ReadInput) (Result, error) {
	return run(ctx, s, ActUnread, in.OrderID, nil, in, s.MarkUnreadTx)
}

// MarkUnreadTx is MarkUnread inside the caller's transaction.
func (s *Service) MarkUnreadTx(ctx context.Context, tx *db.Tx, in ReadInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, 0, ActUnread, func(_ context.Context, e *edit) error {
		e.now.Unread = true
		e.emit(Unread{})
		return nil
	})
}
