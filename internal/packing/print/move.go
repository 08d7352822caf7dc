package print

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// move is one step of a label.
type move struct {
	Label
	to LabelState
}

// stride is the same step of labels that follow each other in a batch.
type stride struct {
	first  move
	params string
	last   int64 // sequence number
	grows  int64 // by how much the page grows from label to label: 0 or 1
}

// takes lengthens a stride by the next move, where that is the same step.
func (s *stride) takes(m move, params string) bool {
	f := s.first
	n := m.Sequence - f.Sequence
	same := m.BatchID == f.BatchID && m.Sequence == s.last+1 && m.to == f.to && m.State == f.State && m.Attempt == f.Attempt && m.Missing == f.Missing && m.ErrorCode == f.ErrorCode &&
		params == s.params && m.SentAt == f.SentAt
	if !same {
		return false
	}
	if n == 1 {
		s.grows = min(max(m.Page-f.Page, 0), 1)
	}
	if m.Page != f.Page+n*s.grows {
		return false
	}
	s.last = m.Sequence
	return true
}

// stmt is a stride as one statement.
func (s *stride) stmt(merchant id.ID, now int64) db.Stmt {
	f, ended := s.first, int64(0)
	if !f.to.open() {
		ended = now
	}
	return db.Stmt{SQL: moveLabels, Args: []any{string(f.to), f.Page - f.Sequence*s.grows, s.grows, f.Missing, f.ErrorCode, s.params, f.SentAt, ended,
		merchant, f.BatchID, f.Sequence, s.last, string(f.State), f.Attempt}, Want: s.last - f.Sequence + 1}
}

// moveTx takes labels a step further, all or none, and gives back what left no paper.
//
// Errors: ErrLost where one was moved by somebody else.
func (s *Service) moveTx(ctx context.Context, tx *db.Tx, moves []move) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	moves = slices.Clone(moves)
	slices.SortFunc(moves, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.BatchID, b.BatchID), cmp.Compare(a.Sequence, b.Sequence))
	})
	var strides []stride
	var freed []id.ID
	for _, l := range moves {
		params := ""
		if len(l.ErrorParams) > 0 {
			text, err := json.Marshal(l.ErrorParams)
			if err != nil {
				return err
			}
			params = string(text)
		}
		if l.to == Sent {
			l.SentAt = now
		}
		if l.to.freed() {
			freed = append(freed, l.WaybillID)
		}
		if n := len(strides); n == 0 || !strides[n-1].takes(l, params) {
			strides = append(strides, stride{first: l, params: params, last: l.Sequence})
		}
	}
	steps := make([]db.Stmt, len(strides))
	for i := range strides {
		steps[i] = strides[i].stmt(m, now)
	}
	if miss, err := tx.Batch(ctx, steps); err != nil {
		return err
	} else if miss >= 0 {
		return ErrLost
	}
	return s.releaseTx(ctx, tx, freed)
}

// releaseTx gives back waybills that left no paper.
//
// Errors: ErrLost where one was not given to paper.
func (s *Service) releaseTx(ctx context.Context, tx *db.Tx, waybills []id.ID) error {
	slices.Sort(waybills)
	for part := range slices.Chunk(waybills, MaxOrders) {
		args := []any{actor.Merchant(ctx)}
		for _, one := range db.Pad(part) {
			args = append(args, one)
		}
		n, err := tx.ExecN(ctx, release+db.In(len(args)-1), args...)
		if err != nil {
			return err
		}
		if n != int64(len(part)) {
			return ErrLost
		}
	}
	return nil
}
