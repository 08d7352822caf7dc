package print

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/label"
)

const (
	// leaseFor is how long an agent may hold a label before it says that it sends it, and
	// then until it says what came of it, in milliseconds.
	leaseFor = 2 * 60_000
	// MaxTasks is the most labels an agent holds at once.
	MaxTasks = 20
	// JobSilent finds labels that were sent and never answered for.
	JobSilent = "print.silent"
)

// Ref names a label in the hands of an agent. Attempt proves that it still is.
type Ref struct {
	BatchID  id.ID `json:"batch_id"`
	Sequence int64 `json:"sequence"`
	Attempt  int64 `json:"attempt"`
}

// Task is one label for an agent. It holds personal data. Either PDF or Data is there.
type Task struct {
	Ref
	// Channel is whose component prints Data.
	Channel   string
	Printer   string
	Carrier   string
	WaybillNo string
	PDF       []byte
	// Data, Signature and Template are the channel's own, for its print component; Custom
	// stands in the field that it leaves to us.
	Data, Signature, Template string
	// Params is signed for the component, for a few minutes.
	Params string
	Custom string
	// Copy above 1 is a 重打.
	Copy int64

	issuer id.ID // the shop whose authorisation issued it
}

// Take leases the next labels of the acting agent's queue, at most n, in their order, but
// none for printers that are busy. Labels that may no longer be printed are refused on the
// way. Every take is audited.
//
// Errors: ErrBadKey.
func (s *Service) Take(ctx context.Context, n int, busy ...string) ([]Task, error) {
	a, err := agentOf(ctx)
	if err != nil {
		return nil, err
	}
	n = min(max(n, 1), MaxTasks)
	_, due, err := s.due(ctx, s.k.DB, a.ID, n, busy)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	about := &command.About{Action: "print.take", Object: "print_agent/" + a.ID.String(), Detail: map[string]any{}}
	// Leases are not repeated for a key: the answer, which bears addresses, is kept nowhere.
	tasks, err := command.Run(command.WithKey(ctx, ""), s.k.Commands, about, n, func(ctx context.Context, tx *db.Tx) (out []Task, err error) {
		batches, due, err := s.due(ctx, tx, a.ID, n, busy)
		if err != nil {
			return nil, err
		}
		now := clock.Millis(s.k.Clock)
		for i, b := range batches {
			if len(due[i]) == 0 {
				continue
			}
			var held []Label
			for _, l := range due[i] {
				got, err := tx.ExecN(ctx, takeLabel, a.ID, now+leaseFor, a.MerchantID, l.BatchID, l.Sequence, l.Attempt, now)
				if err != nil {
					return nil, err
				}
				if got == 1 { // else another program of this agent was faster
					l.AgentID, l.LeaseUntil, l.Attempt = a.ID, now+leaseFor, l.Attempt+1
					held = append(held, l)
				}
			}
			tasks, err := s.tasksTx(ctx, tx, b, held)
			if err != nil {
				return nil, err
			}
			out = append(out, tasks...)
		}
		about.Detail["labels"] = len(out)
		return out, nil
	})
	if err == nil {
		s.sign(ctx, tasks)
	}
	return tasks, err
}

// sign has labels signed whose component fetches their key. Where a shop's channel cannot,
// the component says so of each label.
func (s *Service) sign(ctx context.Context, tasks []Task) {
	if s.around.Params == nil {
		return
	}
	signed := map[id.ID]string{}
	for i, t := range tasks {
		if t.issuer == 0 {
			continue
		}
		params, has := signed[t.issuer]
		if !has {
			var err error
			if params, err = s.around.Params(ctx, t.issuer); err != nil {
				s.k.Log.Warn("labels go to their component unsigned", "shop", t.issuer, "error", err)
			}
			signed[t.issuer] = params
		}
		tasks[i].Params = params
	}
}

// due are the labels of an agent's queue that nobody holds, by batch.
func (s *Service) due(ctx context.Context, q db.Querier, agent id.ID, n int, busy []string) (batches []Batch, out [][]Label, err error) {
	for row := range db.Each(ctx, q, agentsBatches, actor.Merchant(ctx), agent) {
		b, err := scanBatch(row)
		if err != nil {
			return nil, nil, err
		}
		if slices.Contains(busy, b.Printer) {
			continue
		}
		batches = append(batches, b)
	}
	now := clock.Millis(s.k.Clock)
	found := false
	for _, b := range batches {
		all, err := s.labels(ctx, q, b.ID)
		if err != nil {
			return nil, nil, err
		}
		var some []Label
		for _, l := range all {
			if n > 0 && l.State == Asked && l.LeaseUntil <= now {
				some, found = append(some, l), true
				n--
			}
		}
		out = append(out, some)
	}
	if !found {
		return nil, nil, nil
	}
	return batches, out, nil
}

// tasksTx makes the tasks of labels that are leased, and refuses what must not be printed.
func (s *Service) tasksTx(ctx context.Context, tx *db.Tx, b Batch, held []Label) (out []Task, err error) {
	parcels, err := s.look(ctx, tx, checksOf(held), true)
	if err != nil {
		return nil, err
	}
	x, err := s.sheet(ctx, tx, b, held)
	var t Template
	if err == nil && b.Way == File {
		t, err = s.template(ctx, tx, b.TemplateID)
	}
	none := lasting(err) // one batch that cannot be printed holds up no other
	if err != nil && none == nil {
		return nil, err
	}
	var moves []move
	for _, l := range held {
		var task Task
		var why error
		if none == nil {
			task, why = s.task(x, t.Body, l, parcels[l.FulfillmentOrderID])
		} else {
			why = none
		}
		if why == nil {
			out = append(out, task)
			continue
		}
		if l, err = refused(l, why); err != nil {
			return nil, err
		}
		moves = append(moves, move{l, Refused})
	}
	if len(moves) == 0 {
		return out, nil
	}
	if err := s.moveTx(ctx, tx, moves); err != nil {
		return nil, err
	}
	return out, s.closeTx(ctx, tx, b.ID)
}

func (s *Service) task(x *sheet, t label.Template, l Label, p *parcel) (Task, error) {
	one, w, err := x.label(s, l, p)
	if err != nil {
		return Task{}, err
	}
	out := Task{Ref: Ref{l.BatchID, l.Sequence, l.Attempt}, Printer: x.batch.Printer, Carrier: w.Carrier, WaybillNo: w.No, Copy: l.Copy}
	if x.batch.Way == Component {
		d := x.data[l.WaybillID]
		out.Channel, out.issuer = x.channel, x.issuer
		out.Data, out.Signature, out.Template, out.Custom = d.Data, d.Signature, d.Template, custom(x.batch, l, p.at)
		if out.Data == "" {
			return out, ErrNoData
		}
		return out, nil
	}
	var pdf bytes.Buffer
	res, err := label.Render(&pdf, t, []label.Label{one})
	if err != nil {
		return out, err
	}
	out.PDF = pdf.Bytes()
	return out, res[0].Err
}

// custom is what stands in the field a channel's label leaves to us: batch, place in it,
// basket and goods.
func custom(b Batch, l Label, at Place) string {
	var lines strings.Builder
	fmt.Fprintf(&lines, "%s %d/%d", b.Code(), l.Sequence, b.Total)
	if where := at.String(); where != "" {
		lines.WriteString(" " + where)
	}
	if l.Copy > 1 {
		fmt.Fprintf(&lines, " 重打%d", l.Copy-1)
	}
	for _, it := range l.Items {
		fmt.Fprintf(&lines, "\n%s %s ×%d", it.Code, strings.TrimSpace(it.Name+" "+it.Spec), it.Quantity)
	}
	return lines.String()
}

// Sending says that the agent gives a label to the printer now: whoever gets nil, and
// nobody else, may print it, once. The order is checked a last time.
//
// Errors: ErrBadKey, ErrLost, and those of fulfillment.GuardTx and waybill.CurrentTx: then
// the label is refused and must not be printed.
func (s *Service) Sending(ctx context.Context, ref Ref) error {
	a, err := agentOf(ctx)
	if err != nil {
		return err
	}
	var why error
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		why = nil
		l, err := s.heldTx(ctx, tx, a, ref)
		if err != nil {
			return err
		}
		if l.State != Asked {
			return ErrLost
		}
		parcels, _, err := s.check(ctx, tx, []fulfillment.Check{{ID: l.FulfillmentOrderID, Version: l.Version}})
		if err != nil {
			return err
		}
		to := Sent
		if _, why = parcels[l.FulfillmentOrderID].stands(l); why != nil {
			if l, err = refused(l, why); err != nil {
				return err
			}
			to = Refused
		}
		if err := s.moveTx(ctx, tx, []move{{l, to}}); err != nil {
			return err
		}
		if to == Refused {
			return s.closeTx(ctx, tx, l.BatchID)
		}
		_, err = tx.Exec(ctx, extendLabel, clock.Millis(s.k.Clock)+leaseFor, a.MerchantID, l.BatchID, l.Sequence, l.Attempt)
		return err
	})
	if err == nil {
		err = why
	}
	return err
}

// heldTx is the label that ref names, provided that the agent still holds it.
func (s *Service) heldTx(ctx context.Context, tx *db.Tx, a actor.Actor, ref Ref) (Label, error) {
	all, err := scanLabels(ctx, tx, selectLabel, a.MerchantID, ref.BatchID, ref.Sequence)
	if err != nil {
		return Label{}, err
	}
	if len(all) == 0 || all[0].AgentID != a.ID || all[0].Attempt != ref.Attempt {
		return Label{}, ErrLost
	}
	return all[0], nil
}

// Report tells what the printer's component said of a label: printed, failed or
// uncertain. An answer that comes late still counts while no person decided. Telling the
// same again changes nothing.
//
// Errors: ErrBadKey, ErrBadOutcome, ErrLost.
func (s *Service) Report(ctx context.Context, ref Ref, outcome LabelState, code string) error {
	a, err := agentOf(ctx)
	if err != nil {
		return err
	}
	if outcome != Printed && outcome != Failed && outcome != Uncertain {
		return ErrBadOutcome.At("outcome")
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		l, err := s.heldTx(ctx, tx, a, ref)
		switch {
		case err != nil:
			return err
		case l.State == outcome:
			return nil
		case l.State != Sent && l.State != Uncertain:
			return ErrLost
		}
		if l.ErrorCode = ""; outcome != Printed {
			l.ErrorCode = code
		}
		if err := s.moveTx(ctx, tx, []move{{l, outcome}}); err != nil {
			return err
		}
		if outcome == Printed {
			b, err := s.batch(ctx, tx, l.BatchID)
			if err != nil {
				return err
			}
			if err := s.shipTx(ctx, tx, b); err != nil {
				return err
			}
		}
		return s.closeTx(ctx, tx, l.BatchID)
	})
}

// HandOverInput gives the rest of a batch to another agent.
type HandOverInput struct {
	BatchID id.ID  `json:"batch_id"`
	AgentID id.ID  `json:"agent_id"`
	Printer string `json:"printer"`
}

// HandOver lets another agent print what is left of a batch (换打印站). Labels that the
// former one has sent are not repeated: they become uncertain, and a person decides. What
// it only held is taken from it. Permission packing.print.
//
// Errors: ErrNoBatch, ErrNotReady, ErrNoAgent, ErrNeedsAgent, ErrBusy, ErrRace.
func (s *Service) HandOver(ctx context.Context, in HandOverInput) (Batch, error) {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return Batch{}, err
	}
	if in.Printer = strings.TrimSpace(in.Printer); in.Printer == "" {
		return Batch{}, ErrNeedsAgent.At("printer")
	}
	about := &command.About{Action: "print.hand_over", Object: "print_batch/" + in.BatchID.String(), Detail: map[string]any{"agent_id": in.AgentID, "printer": in.Printer}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Batch, error) {
		b, err := s.batch(ctx, tx, in.BatchID)
		if err != nil {
			return b, err
		}
		if b.State != Ready || b.AgentID == 0 {
			return b, ErrNotReady
		}
		if err := s.activeTx(ctx, tx, in.AgentID); err != nil {
			return b, err
		}
		all, err := s.labels(ctx, tx, b.ID)
		if err != nil {
			return b, err
		}
		var moves []move
		var fences []db.Stmt
		for _, l := range all {
			switch l.State {
			case Sent:
				moves = append(moves, move{l, Uncertain})
			case Asked:
				fences = append(fences, db.Stmt{SQL: fenceLabel, Args: []any{actor.Merchant(ctx), l.BatchID, l.Sequence, l.Attempt}, Want: 1})
			}
		}
		if miss, err := tx.Batch(ctx, fences); err != nil {
			return b, err
		} else if miss >= 0 {
			return b, ErrRace
		}
		if err := s.moveTx(ctx, tx, moves); err != nil {
			return b, err
		}
		n, err := tx.ExecN(ctx, batchQueue, in.AgentID, in.Printer, actor.Merchant(ctx), b.ID, b.AgentID)
		switch {
		case db.IsUnique(err):
			return b, ErrBusy.With("printer", in.Printer)
		case err == nil && n == 0:
			err = ErrRace
		}
		if err != nil {
			return b, err
		}
		return s.batch(ctx, tx, b.ID)
	})
}

// silent makes labels uncertain that were sent and never answered for.
func (s *Service) silent(ctx context.Context, r *job.Run) error {
	return r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		all, err := scanLabels(ctx, tx, selectSilent, actor.Merchant(ctx), clock.Millis(s.k.Clock), 200)
		if err != nil {
			return job.Step{}, err
		}
		moves := make([]move, len(all))
		for i, l := range all {
			moves[i] = move{l, Uncertain}
		}
		return job.Step{Done: int64(len(all))}, s.moveTx(ctx, tx, moves)
	})
}

const lookForSilent = time.Minute
