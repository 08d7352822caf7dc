package order

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// NoteInput names the order and the seller's note, which replaces the former one.
type NoteInput struct {
	OrderID    id.ID  `json:"order_id"`
	Version    int64  `json:"version,omitempty"`
	SellerNote string `json:"seller_note"`
}

// Note sets the seller's note (卖家备注). It stays here: a file cannot carry it back
// to the channel, and the channel repeating its old note does not undo it.
// Permission order.note.
//
// Errors: ErrNotFound, ErrChanged, ErrTooLong.
func (s *Service) Note(ctx context.Context, in NoteInput) (Result, error) {
	return run(ctx, s, ActNote, in.OrderID, nil, in, s.NoteTx)
}

// NoteTx is Note inside the caller's transaction.
func (s *Service) NoteTx(ctx context.Context, tx *db.Tx, in NoteInput) (Result, error) {
	in.SellerNote = strings.TrimSpace(in.SellerNote)
	if utf8.RuneCountInString(in.SellerNote) > maxNote {
		return Result{}, ErrTooLong.With("max", maxNote).At("seller_note")
	}
	return s.change(ctx, tx, in.OrderID, in.Version, ActNote, func(_ context.Context, e *edit) error {
		if in.SellerNote != e.now.SellerNote {
			e.now.SellerNote = in.SellerNote
			e.emit(NoteChanged{By: byPerson, Which: []string{"seller_note"}})
		}
		return nil
	})
}

// FlagInput names the order and its flag: 0 none, 1 red … 5 purple.
type FlagInput struct {
	OrderID id.ID `json:"order_id"`
	Version int64 `json:"version,omitempty"`
	Flag    int64 `json:"flag"`
}

// Flag sets the flag (插旗). Permission order.note.
//
// Errors: ErrNotFound, ErrChanged, ErrBadFlag.
func (s *Service) Flag(ctx context.Context, in FlagInput) (Result, error) {
	return run(ctx, s, ActFlag, in.OrderID, map[string]any{"flag": in.Flag}, in, s.FlagTx)
}

// FlagTx is Flag inside the caller's transaction.
func (s *Service) FlagTx(ctx context.Context, tx *db.Tx, in FlagInput) (Result, error) {
	if in.Flag < 0 || in.Flag > 5 {
		return Result{}, ErrBadFlag.At("flag")
	}
	return s.change(ctx, tx, in.OrderID, in.Version, ActFlag, func(_ context.Context, e *edit) error {
		if in.Flag != e.now.Flag {
			e.emit(FlagChanged{By: byPerson, From: e.now.Flag, To: in.Flag})
			e.now.Flag = in.Flag
		}
		return nil
	})
}
