package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ApproveInput names the order. Version 0 does not check for other people's changes.
type ApproveInput struct {
	OrderID id.ID `json:"order_id"`
	Version int64 `json:"version,omitempty"`
}

// Approve lets a paid order ship (审单). It also ends the holds on unread
// notes: whoever approves has read it. Permission order.approve.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrOnHold, ErrHistory.
func (s *Service) Approve(ctx context.Context, in ApproveInput) (Result, error) {
	return run(ctx, s, ActApprove, in.OrderID, nil, in, s.ApproveTx)
}

// ApproveTx is Approve inside the caller's transaction.
func (s *Service) ApproveTx(ctx context.Context, tx *db.Tx, in ApproveInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActApprove, approve)
}

// ApproveManyTx is ApproveTx for many orders, in statements that take them together: one
// answer for each, and an error for what concerns them all.
func (s *Service) ApproveManyTx(ctx context.Context, tx *db.Tx, ids []id.ID) ([]error, error) {
	return s.changeMany(ctx, tx, ids, 0, ActApprove, approve)
}

func approve(_ context.Context, e *edit) error {
	e.now.ApprovedAt, e.now.ApprovedBy, e.now.RevokedAt = e.at, e.by, 0
	e.clear(HoldBuyerNote)
	e.clear(HoldSellerNote)
	e.emit(Approved{})
	return nil
}

// RevokeApproval takes an approval back (反审核) before anything shipped; from then on
// only a person approves the order.
// Permission order.approve.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed.
func (s *Service) RevokeApproval(ctx context.Context, in ApproveInput) (Result, error) {
	return run(ctx, s, ActRevoke, in.OrderID, nil, in, s.RevokeApprovalTx)
}

// RevokeApprovalTx is RevokeApproval inside the caller's transaction. Holds that
// warn of changes after approval end: approval looks at the order anew.
func (s *Service) RevokeApprovalTx(ctx context.Context, tx *db.Tx, in ApproveInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActRevoke, func(_ context.Context, e *edit) error {
		e.now.ApprovedAt, e.now.ApprovedBy, e.now.RevokedAt = 0, 0, e.at
		for _, k := range []HoldKind{HoldAddressChanged, HoldSKUChanged, HoldNoteChanged, HoldFlagChanged, HoldFinance} {
			e.clear(k)
		}
		for i := range e.now.Lines {
			e.now.Lines[i].Allocated = e.now.Lines[i].Shipped
		}
		e.emit(ApprovalRevoked{})
		return nil
	})
}
