package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// AdoptInput names the order.
type AdoptInput struct {
	OrderID id.ID `json:"order_id"`
	Version int64 `json:"version,omitempty"`
}

// Adopt turns an unshipped order from before its shop went live into work (接管):
// from now on it is reserved, held, approved and shipped like any other.
// Permission order.adopt.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed.
func (s *Service) Adopt(ctx context.Context, in AdoptInput) (Result, error) {
	return run(ctx, s, ActAdopt, in.OrderID, nil, in, s.AdoptTx)
}

// AdoptTx is Adopt inside the caller's transaction.
func (s *Service) AdoptTx(ctx context.Context, tx *db.Tx, in AdoptInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActAdopt, func(ctx context.Context, e *edit) error {
		e.now.History, e.now.Unread = false, true
		e.emit(Adopted{})
		shops, err := s.shopsOf(ctx, tx, []*edit{e})
		if err != nil {
			return err
		}
		if err := s.reserve(ctx, tx, []*edit{e}, shops); err != nil {
			return err
		}
		e.evaluate()
		e.readFirst(shops[e.now.ShopID])
		if err := s.judge(ctx, tx, []*edit{e}); err != nil {
			return err
		}
		e.autoApprove(shops[e.now.ShopID])
		return nil
	})
}
