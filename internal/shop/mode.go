package shop

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// SetModeTx turns a shop to pulling by API or back to files, in the transaction
// that gives it access or takes it away. Nothing happens where it is so already.
//
// Errors: ErrNotFound, ErrBadValue.
func (s *Service) SetModeTx(ctx context.Context, tx *db.Tx, shopID id.ID, mode string) error {
	one, err := s.GetTx(ctx, tx, shopID)
	if err != nil || one.Mode == mode {
		return err
	}
	one.Mode = mode
	if err := one.check(); err != nil {
		return err
	}
	n, err := tx.ExecN(ctx, updateMode, mode, actor.Merchant(ctx), shopID, one.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrChanged
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "shop", ID: shopID, Version: one.Version + 1}, Changed{ShopID: shopID, Fields: []string{"mode"}})
}
