package intake

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Replayed is what became of a row that was tried again.
type Replayed struct {
	RowID   id.ID             `json:"id"`
	OrderID id.ID             `json:"order_id"`
	Result  order.ApplyResult `json:"result"`
}

// Parser reads a raw record again, now that its words may be known.
type Parser func(ctx context.Context, sh id.ID, raw RawRecord) (order.Document, error)

// Replay tries a quarantined or unhandled row again (重放). parse may be nil where
// raw records cannot be read. Permission intake.replay.
//
// Errors: ErrNotFound, ErrNotOpen, ErrNoBody, ErrRawRecord, and what the order
// package or the parser says about the record; the row then keeps that error.
func (s *Service) Replay(ctx context.Context, row id.ID, parse Parser) (Replayed, error) {
	if err := actor.Require(ctx, "intake.replay"); err != nil {
		return Replayed{}, err
	}
	var refused error
	out, err := command.Run(ctx, s.kit.Commands, &command.About{Action: "intake.replay", Object: "inbox/" + row.String()}, row,
		func(ctx context.Context, tx *db.Tx) (Replayed, error) {
			refused = nil
			r, b, err := s.openTx(ctx, tx, row)
			if err != nil {
				return Replayed{}, err
			}
			if b.Doc == nil {
				if parse == nil {
					return Replayed{}, ErrRawRecord
				}
				doc, err := parse(ctx, r.ShopID, *b.Raw)
				if err != nil {
					refused = err
					return Replayed{RowID: row, Result: order.ApplyRejected}, s.setStateTx(ctx, tx, row, StateQuarantined, err)
				}
				b.Doc = &doc
			}
			a, err := s.applyOneTx(ctx, tx, r, *b.Doc)
			if err != nil {
				return Replayed{}, err
			}
			refused = a.Err
			return Replayed{RowID: row, OrderID: a.OrderID, Result: a.Result}, nil
		})
	if err == nil {
		err = refused
	}
	return out, err
}

// openTx reads a row that still waits, with its body.
func (s *Service) openTx(ctx context.Context, tx *db.Tx, row id.ID) (Row, body, error) {
	r, err := s.GetTx(ctx, tx, row)
	if err != nil {
		return r, body{}, err
	}
	if r.State != StateNew && r.State != StateQuarantined {
		return r, body{}, ErrNotOpen
	}
	plain, err := s.plainTx(ctx, tx, row)
	if err != nil {
		return r, body{}, err
	}
	if plain == nil {
		return r, body{}, ErrNoBody
	}
	if r.Source == SourceAPI {
		return r, body{Raw: &RawRecord{Wire: plain}}, nil
	}
	var b body
	return r, b, json.Unmarshal(plain, &b)
}

// plainTx opens a row's body, nil where it has none.
func (s *Service) plainTx(ctx context.Context, tx *db.Tx, row id.ID) ([]byte, error) {
	var sealed []byte
	m := actor.Merchant(ctx)
	if err := tx.QueryRow(ctx, selectBody, m, row).Scan(&sealed); err != nil || len(sealed) == 0 {
		return nil, err
	}
	keys, err := s.kit.Seal.KeysTx(ctx, tx, m)
	if err != nil {
		return nil, err
	}
	return keys.Open(place(row), sealed)
}

// applyOneTx applies one row's document and records the outcome in the row.
func (s *Service) applyOneTx(ctx context.Context, tx *db.Tx, r Row, doc order.Document) (order.Applied, error) {
	sh, err := s.shops.GetTx(ctx, tx, r.ShopID)
	if err != nil {
		return order.Applied{}, err
	}
	source := order.SourceFile
	switch r.Source {
	case SourceManual:
		source = order.SourceManual
	case SourceAPI:
		source = order.SourceAPI
	}
	out := make([]order.Applied, 1)
	if err := s.applyTx(ctx, tx, []order.Incoming{{Shop: sh, Doc: doc, Source: source, SourceAt: r.SourceAt}}, out); err != nil {
		return order.Applied{}, err
	}
	state := StateApplied
	switch {
	case out[0].Err != nil:
		state = StateQuarantined
	case out[0].Result == order.ApplyUnchanged || out[0].Result == order.ApplyStale:
		state = StateUnchanged
	}
	return out[0], s.setStateTx(ctx, tx, r.ID, state, out[0].Err)
}

// Dismiss says that a row needs no further work. Permission intake.replay.
//
// Errors: ErrNotFound, ErrNotOpen.
func (s *Service) Dismiss(ctx context.Context, row id.ID) (Row, error) {
	if err := actor.Require(ctx, "intake.replay"); err != nil {
		return Row{}, err
	}
	return command.Run(ctx, s.kit.Commands, &command.About{Action: "intake.dismiss", Object: "inbox/" + row.String()}, row,
		func(ctx context.Context, tx *db.Tx) (Row, error) {
			r, err := s.GetTx(ctx, tx, row)
			if err != nil {
				return r, err
			}
			if r.State != StateNew && r.State != StateQuarantined {
				return r, ErrNotOpen
			}
			if err := s.setStateTx(ctx, tx, row, StateDismissed, nil); err != nil {
				return r, err
			}
			return s.GetTx(ctx, tx, row)
		})
}

// BadOf walks the quarantined and handled records of a file in record order.
func (s *Service) BadOf(ctx context.Context, parent id.ID, each func(Row, *RawRecord, *order.Document) error) error {
	after, afterID := int64(-1), id.ID(0)
	m := actor.Merchant(ctx)
	for {
		rows, err := s.badPage(ctx, m, parent, after, afterID)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after, afterID = r.RecordNo, r.ID
			b, err := s.bodyOf(ctx, m, r.ID)
			if err != nil {
				return err
			}
			if err := each(r, b.Raw, b.Doc); err != nil {
				return err
			}
		}
	}
}

func (s *Service) badPage(ctx context.Context, m, parent id.ID, after int64, afterID id.ID) ([]Row, error) {
	var out []Row
	for row := range db.Each(ctx, s.kit.DB, selectBad, m, parent, after, after, afterID, 200) {
		r, err := scan(row)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (s *Service) bodyOf(ctx context.Context, m, row id.ID) (b body, err error) {
	var sealed []byte
	if err := s.kit.DB.QueryRow(ctx, selectBody, m, row).Scan(&sealed); err != nil || len(sealed) == 0 {
		return b, err
	}
	plain, err := s.kit.Seal.Open(ctx, m, place(row), sealed)
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(plain, &b)
}
