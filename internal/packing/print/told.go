package print

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// ToldInput is what a person saw come out of the printer.
type ToldInput struct {
	BatchID id.ID `json:"batch_id"`
	From    int64 `json:"from"` // sequence numbers, both included
	To      int64 `json:"to"`
	// Printed false: these did not come out, and may be printed as if for the first time.
	Printed bool `json:"printed"`
}

// Told takes a person's word for labels: those of a file that were handed out, and those
// an agent left uncertain. It returns how many it changed. The batch closes with its last
// label. Permission packing.print.
//
// Errors: ErrNoBatch, ErrBadRange.
func (s *Service) Told(ctx context.Context, in ToldInput) (int64, error) {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return 0, err
	}
	about := &command.About{Action: "print.told", Object: "print_batch/" + in.BatchID.String(), Detail: map[string]any{"from": in.From, "to": in.To, "printed": in.Printed}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		b, err := s.batch(ctx, tx, in.BatchID)
		if err != nil {
			return 0, err
		}
		all, err := s.labels(ctx, tx, in.BatchID)
		if err != nil {
			return 0, err
		}
		to := Printed
		if !in.Printed {
			to = Failed
		}
		var moves []move
		for _, l := range all {
			if l.Sequence >= in.From && l.Sequence <= in.To && (l.State == Laid || l.State == Uncertain) {
				moves = append(moves, move{l, to})
			}
		}
		if len(moves) == 0 {
			return 0, ErrBadRange
		}
		if err := s.moveTx(ctx, tx, moves); err != nil {
			return 0, err
		}
		if to == Printed {
			if err := s.shipTx(ctx, tx, b); err != nil {
				return 0, err
			}
		}
		return int64(len(moves)), s.closeTx(ctx, tx, in.BatchID)
	})
}

// closeTx closes a batch none of whose labels is open.
func (s *Service) closeTx(ctx context.Context, tx *db.Tx, batch id.ID) error {
	n, err := tx.ExecN(ctx, closeBatch, clock.Millis(s.k.Clock), actor.Merchant(ctx), batch)
	if err != nil || n == 0 {
		return err
	}
	return s.closedTx(ctx, tx, batch)
}

// closedTx tells what became of a batch that is closed now.
func (s *Service) closedTx(ctx context.Context, tx *db.Tx, batch id.ID) error {
	all, err := s.labels(ctx, tx, batch)
	if err != nil {
		return err
	}
	out := BatchClosed{BatchID: batch}
	for _, l := range all {
		switch l.State {
		case Printed:
			out.Printed++
		case Refused:
			out.Refused++
		default:
			out.Failed++
		}
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "print_batch", ID: batch}, out)
}

// Stop ends a batch: what no agent has given to its printer yet, or is not drawn yet, is
// not printed any more. What was handed out or sent is told about first. Permission
// packing.print.
//
// Errors: ErrNoBatch, ErrNotReady for one that is closed, ErrStillOpen.
func (s *Service) Stop(ctx context.Context, batch id.ID) error {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return err
	}
	about := &command.About{Action: "print.stop", Object: "print_batch/" + batch.String()}
	_, err := command.Run(ctx, s.k.Commands, about, batch, func(ctx context.Context, tx *db.Tx) (int64, error) {
		b, err := s.batch(ctx, tx, batch)
		if err != nil {
			return 0, err
		}
		if b.State == Closed {
			return 0, ErrNotReady
		}
		all, err := s.labels(ctx, tx, batch)
		if err != nil {
			return 0, err
		}
		var moves []move
		open := 0
		for _, l := range all {
			if l.State == Asked || l.State == Wanted {
				moves = append(moves, move{l, Failed})
			} else if l.State.open() {
				open++
			}
		}
		if open > 0 {
			return 0, ErrStillOpen.With("n", open)
		}
		if err := s.moveTx(ctx, tx, moves); err != nil {
			return 0, err
		}
		return int64(len(moves)), s.closeTx(ctx, tx, batch)
	})
	return err
}
