package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ArchiveInput names the order.
type ArchiveInput struct {
	OrderID id.ID `json:"order_id"`
	Version int64 `json:"version,omitempty"`
}

// Archive takes a finished order out of the daily lists (归档). Permission order.archive.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed.
func (s *Service) Archive(ctx context.Context, in ArchiveInput) (Result, error) {
	return run(ctx, s, ActArchive, in.OrderID, nil, in, s.ArchiveTx)
}

// ArchiveTx is Archive inside the caller's transaction.
func (s *Service) ArchiveTx(ctx context.Context, tx *db.Tx, in ArchiveInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActArchive, func(_ context.Context, e *edit) error {
		e.now.Archived = true
		e.emit(Archived{})
		return nil
	})
}

// Unarchive brings an order back to the lists. Permission order.archive.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed.
func (s *Service) Unarchive(ctx context.Context, in ArchiveInput) (Result, error) {
	return run(ctx, s, ActUnarchive, in.OrderID, nil, in, s.UnarchiveTx)
}

// UnarchiveTx is Unarchive inside the caller's transaction.
func (s *Service) UnarchiveTx(ctx context.Context, tx *db.Tx, in ArchiveInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActUnarchive, func(_ context.Context, e *edit) error {
		e.now.Archived = false
		e.emit(Unarchived{})
		return nil
	})
}
