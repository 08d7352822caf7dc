package print

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/label"
)

// keepFor is how long a file of labels, which bears addresses, stays: milliseconds.
const keepFor = 3 * 24 * 3_600_000

// maxPDF bounds the file of one batch, maxInTx one that is stored in the transaction that
// makes the batch ready; both in bytes.
const (
	maxPDF  = 200 << 20
	maxInTx = 16 << 20
)

type layoutPayload struct {
	BatchID id.ID `json:"batch_id"`
}

// drawing is a batch as it comes out of one layout.
type drawing struct {
	batch Batch
	moves []move
	pdf   []byte // to be stored with the moves
	file  id.ID
}

// layout is the job that draws a batch: what may no longer be printed, or cannot be
// printed whole, is refused by name, and the others are drawn.
func (s *Service) layout(ctx context.Context, r *job.Run) error {
	var in layoutPayload
	if err := r.Payload(&in); err != nil {
		return err
	}
	b, err := s.batch(ctx, s.k.DB, in.BatchID)
	if err != nil || b.State != Making {
		return err
	}
	d, err := s.draw(ctx, b)
	if why := lasting(err); why != nil {
		d, err = s.refuseAll(ctx, b, why)
	}
	if err != nil {
		return err
	}
	err = r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		if len(d.pdf) > 0 {
			f, err := s.k.Files.SaveTx(ctx, tx, b.file(s.k.Clock), d.pdf)
			if err != nil {
				return job.Step{}, err
			}
			d.file = f.ID
		}
		step := job.Step{Checkpoint: "drawn", Result: map[string]any{"batch_id": b.ID, "file_id": d.file}}
		left := false
		for _, m := range d.moves {
			row := job.Row{No: m.Sequence, Ref: m.WaybillNo, ObjectID: m.FulfillmentOrderID, Result: job.OK}
			if step.Done++; m.to == Refused {
				step.Failed++
				row.Result, row.Code, row.Params = job.Bad, m.ErrorCode, m.ErrorParams
			} else {
				step.OK++
				left = true
			}
			step.Rows = append(step.Rows, row)
		}
		if err := s.moveTx(ctx, tx, d.moves); err != nil {
			return step, err
		}
		state, closed := Ready, int64(0)
		if !left {
			state, closed = Closed, clock.Millis(s.k.Clock)
			if open, err := s.unanswered(ctx, tx, b.ID); err != nil {
				return step, err
			} else if open > 0 {
				state, closed = Ready, 0
			}
		}
		n, err := tx.ExecN(ctx, batchMade, string(state), d.file, closed, actor.Merchant(ctx), b.ID, b.Version)
		switch {
		case err == nil && n == 0:
			err = ErrRace
		case err == nil && state == Closed:
			err = s.closedTx(ctx, tx, b.ID)
		}
		return step, err
	})
	if errors.Is(err, ErrLost) || errors.Is(err, ErrRace) {
		return job.Later(time.Second) // somebody told of a label meanwhile: it is drawn as it stands then
	}
	return err
}

// lasting is an error that trying again does not mend, and that says so in its code; nil
// for every other.
func lasting(err error) *errs.Error {
	e := plain(err)
	if e == nil || e.Kind == errs.Internal || e.Kind == errs.Unavailable || e.Kind == errs.TooMany {
		return nil
	}
	return e
}

// refuseAll ends a batch of which nothing can be drawn, so that neither its waybills nor
// its printer wait for it.
func (s *Service) refuseAll(ctx context.Context, b Batch, why error) (drawing, error) {
	d := drawing{batch: b}
	all, err := s.labels(ctx, s.k.DB, b.ID)
	if err != nil {
		return d, err
	}
	for _, l := range all {
		if l.State == Wanted || l.State == Laid {
			if l, err = refused(l, why); err != nil {
				return d, err
			}
			d.moves = append(d.moves, move{l, Refused})
		}
	}
	return d, nil
}

// draw judges and draws the labels of a batch that are still to be printed.
func (s *Service) draw(ctx context.Context, b Batch) (drawing, error) {
	d := drawing{batch: b}
	all, err := s.labels(ctx, s.k.DB, b.ID)
	if err != nil {
		return d, err
	}
	var todo []Label
	for _, l := range all {
		if l.State == Wanted || l.State == Laid {
			todo = append(todo, l)
		}
	}
	parcels, err := s.look(ctx, s.k.DB, checksOf(todo), true)
	if err != nil {
		return d, err
	}
	x, err := s.sheet(ctx, s.k.DB, b, todo)
	if err != nil {
		return d, err
	}
	var whole []label.Label
	var drawn []Label
	for _, l := range todo {
		one, _, err := x.label(s, l, parcels[l.FulfillmentOrderID])
		switch {
		case err != nil:
		case b.Way == Component && x.data[l.WaybillID].Data == "":
			err = ErrNoData
		case b.Way == File && !readable(parcels[l.FulfillmentOrderID].to):
			err = ErrMaskedLabel
		}
		if err != nil {
			if l, err = refused(l, err); err != nil {
				return d, err
			}
			d.moves = append(d.moves, move{l, Refused})
			continue
		}
		whole, drawn = append(whole, one), append(drawn, l)
	}
	if b.Way == Component {
		for _, l := range drawn {
			d.moves = append(d.moves, move{l, Asked})
		}
		return d, nil
	}
	return d, s.render(ctx, &d, whole, drawn)
}

// render draws labels of our own into a stored file.
func (s *Service) render(ctx context.Context, d *drawing, whole []label.Label, drawn []Label) error {
	t, err := s.template(ctx, s.k.DB, d.batch.TemplateID)
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	results, err := label.Render(&pdf, t.Body, whole)
	if err != nil {
		return err
	}
	for i, res := range results {
		l, to := drawn[i], Laid
		l.Page, l.Missing = int64(res.Page), string(res.Missing)
		if d.batch.AgentID != 0 {
			to = Asked
		}
		if res.Err != nil {
			if l, err = refused(l, res.Err); err != nil {
				return err
			}
			to = Refused
		}
		d.moves = append(d.moves, move{l, to})
	}
	if pdf.Len() <= maxInTx {
		d.pdf = pdf.Bytes()
		return nil
	}
	f, err := s.k.Files.Save(ctx, d.batch.file(s.k.Clock), &pdf, maxPDF)
	d.file = f.ID
	return err
}

// file is what the labels of a batch are stored as.
func (b Batch) file(k clock.Clock) file.New {
	return file.New{Name: fmt.Sprintf("labels-%s.pdf", b.Code()), MediaType: "application/pdf", Purpose: file.Export, ExpiresAt: clock.Millis(k) + keepFor}
}

func checksOf(all []Label) (out []fulfillment.Check) {
	seen := map[id.ID]bool{}
	for _, l := range all {
		if !seen[l.FulfillmentOrderID] {
			seen[l.FulfillmentOrderID] = true
			out = append(out, fulfillment.Check{ID: l.FulfillmentOrderID, Version: l.Version})
		}
	}
	return out
}

// refused gives a label its reason. What has no code is no answer about the label.
// The text of an address stays out of rows that are kept in clear.
func refused(l Label, why error) (Label, error) {
	e := plain(why)
	if e == nil {
		return l, why
	}
	l.Page, l.ErrorCode, l.ErrorParams = 0, e.Code, e.Params
	if e.Code == label.ErrTooLong.Code {
		l.ErrorParams = map[string]any{"text": "…"}
	}
	return l, nil
}

// unanswered counts the labels of a batch about which nobody has told the outcome.
func (s *Service) unanswered(ctx context.Context, q db.Querier, batch id.ID) (n int64, err error) {
	all, err := s.labels(ctx, q, batch)
	for _, l := range all {
		if l.State.open() {
			n++
		}
	}
	return n, err
}

// Open opens the file of a batch for printing, once every label in it has passed the
// check again: where one does not, it is taken out, the file is made anew and ErrWithdrawn
// says so. Every opening is audited. Permission packing.print.
//
// Errors: ErrNoBatch, ErrNotReady, ErrWithdrawn, file.ErrNotFound.
func (s *Service) Open(ctx context.Context, batch id.ID) (*file.Reader, error) {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return nil, err
	}
	about := &command.About{Action: "print.open", Object: "print_batch/" + batch.String()}
	type answer struct {
		File      id.ID
		Withdrawn int
	}
	got, err := command.Run(ctx, s.k.Commands, about, batch, func(ctx context.Context, tx *db.Tx) (answer, error) {
		b, err := s.batch(ctx, tx, batch)
		if err != nil {
			return answer{}, err
		}
		if b.State != Ready || b.FileID == 0 || b.AgentID != 0 {
			return answer{}, ErrNotReady
		}
		gone, err := s.withdrawTx(ctx, tx, b)
		return answer{b.FileID, gone}, err
	})
	switch {
	case err != nil:
		return nil, err
	case got.Withdrawn > 0:
		return nil, ErrWithdrawn.With("n", got.Withdrawn)
	}
	return s.k.Files.Open(ctx, got.File)
}

// withdrawTx takes labels out of a file whose orders changed since it was drawn.
func (s *Service) withdrawTx(ctx context.Context, tx *db.Tx, b Batch) (int, error) {
	all, err := s.labels(ctx, tx, b.ID)
	if err != nil {
		return 0, err
	}
	var laid []Label
	for _, l := range all {
		if l.State == Laid {
			laid = append(laid, l)
		}
	}
	if len(laid) == 0 {
		return 0, ErrNotReady
	}
	parcels, _, err := s.check(ctx, tx, checksOf(laid))
	if err != nil {
		return 0, err
	}
	var moves []move
	for _, l := range laid {
		if _, err := parcels[l.FulfillmentOrderID].stands(l); err != nil {
			if l, err = refused(l, err); err != nil {
				return 0, err
			}
			moves = append(moves, move{l, Refused})
		}
	}
	if len(moves) == 0 {
		return 0, nil
	}
	if err := s.moveTx(ctx, tx, moves); err != nil {
		return 0, err
	}
	if err := s.k.Files.DeleteTx(ctx, tx, b.FileID); err != nil {
		return 0, err
	}
	next, err := s.drawTx(ctx, tx, b)
	if err != nil {
		return 0, err
	}
	n, err := tx.ExecN(ctx, batchAnew, next, actor.Merchant(ctx), b.ID, b.Version)
	if err == nil && n == 0 {
		err = ErrRace
	}
	return len(moves), err
}
