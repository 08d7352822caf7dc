package event

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// State is how far a merchant's outbox is.
type State struct {
	LastSeq    int64 // number of the youngest numbered event
	Unnumbered int64 // events that wait for their number; counted up to 100,000
	OldestAt   int64 // when the first of them was committed, 0 for none
	Consumers  []Checkpoint
}

// Checkpoint is how far one consumer is. RetryAt is when a failed one tries again.
type Checkpoint struct {
	Consumer string
	Seq      int64
	Lag      int64 // numbered events it has not handled
	Failures int64 // in a row
	Error    string
	RetryAt  int64
}

// State reads a merchant's outbox: every consumer this process knows, and every
// other that left a checkpoint. A consumer that has not begun stands at 0.
func (r *Runner) State(ctx context.Context, merchant id.ID) (State, error) {
	// In this order nothing under way is missed: what is not among the new ones any
	// more has its number before the last number is read.
	var s State
	if err := r.log.DB.QueryRow(ctx, countUnnumbered(r.log.DB.Dialect), merchant).Scan(&s.Unnumbered, &s.OldestAt); err != nil {
		return s, err
	}
	var err error
	if s.Consumers, err = r.checkpoints(ctx, merchant); err != nil {
		return s, err
	}
	err = r.log.DB.QueryRow(ctx, selectLast, merchant).Scan(&s.LastSeq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	for i := range s.Consumers {
		s.Consumers[i].Lag = s.LastSeq - s.Consumers[i].Seq
	}
	return s, nil
}

func (r *Runner) checkpoints(ctx context.Context, merchant id.ID) ([]Checkpoint, error) {
	rows, err := r.log.DB.Query(ctx, listCheckpoints, merchant)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Checkpoint
	begun := map[string]bool{}
	for rows.Next() {
		var c Checkpoint
		if err := rows.Scan(&c.Consumer, &c.Seq, &c.Failures, &c.Error, &c.RetryAt); err != nil {
			return nil, err
		}
		begun[c.Consumer] = true
		out = append(out, c)
	}
	for _, c := range r.consumers {
		if !begun[c.Name] {
			out = append(out, Checkpoint{Consumer: c.Name})
		}
	}
	slices.SortFunc(out, func(a, b Checkpoint) int { return cmp.Compare(a.Consumer, b.Consumer) })
	return out, rows.Err()
}
