package print

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/issue"
)

// JobRun has numbers issued and starts the batches.
const JobRun = "print.run"

const (
	runPart = 100             // fulfillment orders of one step
	runLook = time.Second     // how often numbers are looked for
	runBusy = 5 * time.Second // how often a busy printer is
	// runPatience is how long a run waits while no number comes, in milliseconds, and
	// printerPatience for a printer.
	runPatience     = 3 * 60_000
	printerPatience = 60 * 60_000
)

// RunInput asks for everything from the number to the label.
type RunInput struct {
	StartInput
	// AccountID 0 lets the rules choose for each parcel.
	AccountID id.ID  `json:"account_id"`
	Product   string `json:"product"`
	Pieces    int64  `json:"pieces"` // of each parcel, 0 is 1
	// Replace gives back numbers of another account.
	Replace bool `json:"replace"`
}

// Run prints fulfillment orders from where they stand (取号打单): a job has the numbers
// issued that are missing, or stand for other content, waits for them, and starts one
// batch for each carrier account. What cannot go on is a row of the job with its reason.
// It returns the job. Permission packing.print; without waybill.issue what has no number
// is refused.
//
// Errors: ErrTooMany, ErrNoTemplate, ErrNoReason, ErrBusy, ErrNoAgent.
func (s *Service) Run(ctx context.Context, in RunInput) (id.ID, error) {
	about, err := s.asked(ctx, &in.StartInput)
	if err != nil {
		return 0, err
	}
	about.Action = "print.run"
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		if _, err := s.template(ctx, tx, in.TemplateID); err != nil {
			return 0, err
		}
		if in.AgentID != 0 {
			if err := s.activeTx(ctx, tx, in.AgentID); err != nil {
				return 0, err
			}
			if err := s.freeTx(ctx, tx, in.AgentID, in.Printer); err != nil {
				return 0, err
			}
		}
		in.FulfillmentOrderIDs = id.Once(in.FulfillmentOrderIDs)
		return s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobRun, Payload: in, Visible: true, Total: int64(len(in.FulfillmentOrderIDs))})
	})
}

// retryRun repeats a run for what failed.
func retryRun(ctx context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
	var in RunInput
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, err
	}
	var err error
	if in.FulfillmentOrderIDs, err = job.Picked(in.FulfillmentOrderIDs, failed); err != nil {
		return nil, err
	}
	return in, nil
}

// progress is what a run leaves behind at each step.
type progress struct {
	Asked   int     `json:"asked"`             // fulfillment orders whose numbers were asked for
	Out     []int64 `json:"out,omitempty"`     // rows that failed
	Settled int64   `json:"settled"`           // numbers that came, or never will
	Until   int64   `json:"until"`             // patience ends
	Made    []id.ID `json:"made,omitempty"`    // accounts whose batches are started
	Batches []id.ID `json:"batches,omitempty"` // those
}

func (p progress) step() (job.Step, error) {
	text, err := json.Marshal(p)
	return job.Step{Checkpoint: string(text), Result: map[string]any{"batch_ids": p.Batches}}, err
}

// run is one go of the job.
type run struct {
	*job.Run
	s  *Service
	in RunInput
	progress
	no map[id.ID]int64 // rows
}

func (s *Service) runJob(ctx context.Context, j *job.Run) error {
	r := &run{Run: j, s: s, no: map[id.ID]int64{}}
	if err := j.Payload(&r.in); err != nil {
		return err
	}
	if text := j.Checkpoint(); text != "" {
		if err := json.Unmarshal([]byte(text), &r.progress); err != nil {
			return err
		}
	}
	for i, one := range r.in.FulfillmentOrderIDs {
		r.no[one] = int64(i + 1)
	}
	for r.Asked < len(r.in.FulfillmentOrderIDs) {
		if err := r.ask(ctx); err != nil {
			return err
		}
	}
	numbers, err := r.wait(ctx)
	if err != nil {
		return err
	}
	return r.start(ctx, numbers)
}

// left are the fulfillment orders that have not failed.
func (r *run) left() (out []id.ID) {
	for _, one := range r.in.FulfillmentOrderIDs {
		if !slices.Contains(r.Out, r.no[one]) {
			out = append(out, one)
		}
	}
	return out
}

// advance commits a step. f fills in what failed, by fulfillment order.
func (r *run) advance(ctx context.Context, f func(ctx context.Context, tx *db.Tx, p *progress, bad map[id.ID]error) (ok []id.ID, err error)) error {
	next := r.progress
	err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		next = r.progress
		next.Out, next.Made, next.Batches = slices.Clone(next.Out), slices.Clone(next.Made), slices.Clone(next.Batches)
		bad := map[id.ID]error{}
		ok, err := f(ctx, tx, &next, bad)
		if err != nil {
			return job.Step{}, err
		}
		refs, err := r.s.refs(ctx, tx, bad)
		if err != nil {
			return job.Step{}, err
		}
		var rows []job.Row
		for _, one := range r.in.FulfillmentOrderIDs {
			if why := bad[one]; why != nil {
				code, params, field := job.RowError(why)
				rows = append(rows, job.Row{No: r.no[one], Ref: refs[one], ObjectID: one, Result: job.Bad, Code: code, Params: params, Field: field})
				next.Out = append(next.Out, r.no[one])
			}
		}
		step, err := next.step()
		step.Rows, step.Failed, step.OK, step.Done = rows, int64(len(rows)), int64(len(ok)), next.Settled-r.Settled
		return step, err
	})
	if err == nil {
		r.progress = next
	}
	return err
}

// refs are the numbers by which people know fulfillment orders.
func (s *Service) refs(ctx context.Context, q db.Querier, of map[id.ID]error) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	ids := make([]id.ID, 0, len(of))
	for one := range of {
		ids = append(ids, one)
	}
	if len(ids) == 0 {
		return out, nil
	}
	slices.Sort(ids)
	all, err := s.fulfillments.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var orders []id.ID
	for i := range all {
		orders = append(orders, all[i].OrderIDs()...)
	}
	found, err := s.orders.LoadTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(orders))))
	if err != nil {
		return nil, err
	}
	nos := map[id.ID]string{}
	for _, o := range found {
		nos[o.ID] = o.ChannelOrderNo
	}
	for i := range all {
		var mine []string
		for _, o := range all[i].OrderIDs() {
			mine = append(mine, nos[o])
		}
		out[all[i].ID] = strings.Join(mine, " ")
	}
	return out, nil
}

// ask has the numbers issued that the next fulfillment orders lack.
func (r *run) ask(ctx context.Context) error {
	part := r.in.FulfillmentOrderIDs[r.Asked:min(r.Asked+runPart, len(r.in.FulfillmentOrderIDs))]
	return r.advance(ctx, func(ctx context.Context, tx *db.Tx, p *progress, bad map[id.ID]error) ([]id.ID, error) {
		p.Asked += len(part)
		p.Until = clock.Millis(r.s.k.Clock) + runPatience
		fresh, stale, err := r.lacking(ctx, tx, part)
		if err != nil {
			return nil, err
		}
		for _, some := range []struct {
			ids     []id.ID
			replace bool
		}{{fresh, r.in.Replace}, {stale, true}} {
			if len(some.ids) == 0 {
				continue
			}
			if err := actor.Require(ctx, logistics.PermitIssue); err != nil {
				for _, one := range some.ids {
					bad[one] = err
				}
				continue
			}
			rows, err := r.s.numbers.IssueTx(ctx, tx, issue.Input{FulfillmentOrderIDs: some.ids, AccountID: r.in.AccountID, Product: r.in.Product, Pieces: r.in.Pieces, Replace: some.replace})
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				if row.Err != nil {
					bad[row.FulfillmentOrderID] = row.Err
				}
			}
		}
		p.Settled += int64(len(bad))
		return nil, nil
	})
}

// lacking are the fulfillment orders without a number, and those whose number stands for
// other content.
func (r *run) lacking(ctx context.Context, q db.Querier, part []id.ID) (fresh, stale []id.ID, err error) {
	all, err := r.s.fulfillments.LoadTx(ctx, q, part)
	if err != nil {
		return nil, nil, err
	}
	numbers, err := r.s.waybills.Of(ctx, q, part)
	if err != nil {
		return nil, nil, err
	}
	version := map[id.ID]int64{}
	for _, f := range all {
		version[f.ID] = f.Version
	}
	for _, one := range part {
		live := numbers[one]
		lacks := len(live) == 0
		old := false
		for _, w := range live {
			lacks = lacks || w.State == waybill.Failed || r.in.Replace && r.in.AccountID != 0 && w.AccountID != r.in.AccountID || r.in.Pieces > 0 && w.Pieces != r.in.Pieces
			old = old || w.State == waybill.Issued && version[one] != 0 && w.Version != version[one]
		}
		switch {
		case old:
			stale = append(stale, one)
		case lacks:
			fresh = append(fresh, one)
		}
	}
	return fresh, stale, nil
}

// wait goes on once every number has come or never will. Its worker is free meanwhile.
func (r *run) wait(ctx context.Context) (map[id.ID][]waybill.Waybill, error) {
	left := r.left()
	numbers, err := r.s.waybills.Of(ctx, r.s.k.DB, left)
	if err != nil {
		return nil, err
	}
	coming := map[id.ID]error{}
	failed := map[id.ID]error{}
	for _, one := range left {
		for _, w := range numbers[one] {
			switch w.State {
			case waybill.Wanted, waybill.Asking, waybill.Uncertain:
				coming[one] = ErrNoNumberYet
			case waybill.Failed:
				failed[one] = &errs.Error{Kind: errs.Conflict, Code: w.ErrorCode, Params: w.ErrorParams}
			}
		}
	}
	now := clock.Millis(r.s.k.Clock)
	settled := int64(len(r.in.FulfillmentOrderIDs) - len(coming))
	late := len(coming) > 0 && now >= r.Until && settled == r.Settled
	if settled == r.Settled && len(failed) == 0 && len(coming) > 0 && !late {
		return nil, job.Later(runLook)
	}
	if settled != r.Settled || len(failed) > 0 || late {
		err := r.advance(ctx, func(_ context.Context, _ *db.Tx, p *progress, bad map[id.ID]error) ([]id.ID, error) {
			p.Settled, p.Until = settled, now+runPatience
			for one, why := range failed {
				bad[one] = why
			}
			if late {
				p.Settled = int64(len(r.in.FulfillmentOrderIDs))
				for one, why := range coming {
					bad[one] = why
				}
			}
			return nil, nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(coming) > 0 && !late {
		return nil, job.Later(runLook)
	}
	return numbers, nil
}

// start makes a batch for each account.
func (r *run) start(ctx context.Context, numbers map[id.ID][]waybill.Waybill) error {
	by := map[id.ID][]id.ID{}
	var accounts []id.ID
	for _, one := range r.left() {
		account := id.ID(0) // startTx says why it has none
		if w := numbers[one]; len(w) > 0 {
			account = w[0].AccountID
		}
		if by[account] == nil {
			accounts = append(accounts, account)
		}
		by[account] = append(by[account], one)
	}
	slices.SortFunc(accounts, func(a, b id.ID) int { return cmp.Compare(a, b) })
	for _, account := range accounts {
		if slices.Contains(r.Made, account) {
			continue
		}
		if err := r.batch(ctx, account, by[account]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) batch(ctx context.Context, account id.ID, ids []id.ID) error {
	busy := false
	err := r.advance(ctx, func(ctx context.Context, tx *db.Tx, p *progress, bad map[id.ID]error) (ok []id.ID, err error) {
		in := r.in.StartInput
		in.FulfillmentOrderIDs = ids
		var out Started
		err = tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
			out, err = r.s.startTx(ctx, tx, in, in.batch(), nil)
			return err
		})
		if busy = errors.Is(err, ErrBusy) && clock.Millis(r.s.k.Clock) < p.Until+printerPatience; busy {
			return nil, nil // its own batch of another account is on the printer
		}
		p.Made = append(p.Made, account)
		switch e := plain(err); {
		case err != nil && e == nil:
			return nil, err
		case err != nil:
			for _, one := range ids {
				bad[one] = e
			}
		}
		for _, l := range out.Left {
			bad[l.FulfillmentOrderID] = l.Err
		}
		if out.Batch.ID != 0 {
			p.Batches = append(p.Batches, out.Batch.ID)
		}
		for _, one := range ids {
			if bad[one] == nil {
				ok = append(ok, one)
			}
		}
		return ok, nil
	})
	if err == nil && busy {
		return job.Later(runBusy)
	}
	return err
}

// batch is the new batch that an input asks for.
func (in StartInput) batch() Batch {
	return Batch{TemplateID: in.TemplateID, AgentID: in.AgentID, Printer: in.Printer, Reason: in.Reason, Ships: in.Ship, StaleReason: in.StaleReason}
}

// asked checks what every start needs and says what is audited.
func (s *Service) asked(ctx context.Context, in *StartInput) (*command.About, error) {
	if err := s.may(ctx, &in.Printer, &in.Reason, in.Again); err != nil {
		return nil, err
	}
	if in.StaleReason = strings.TrimSpace(in.StaleReason); in.StaleReason != "" {
		if err := actor.Require(ctx, fulfillment.PermitShipStale); err != nil {
			return nil, err
		}
	}
	if in.Ship {
		if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
			return nil, err
		}
	}
	if n := len(in.FulfillmentOrderIDs); n == 0 || n > MaxOrders {
		return nil, ErrTooMany.With("max", MaxOrders)
	}
	about := &command.About{Action: "print.start", Detail: map[string]any{"count": len(in.FulfillmentOrderIDs)}}
	if in.Again {
		about.Action, about.Detail["reason"] = "print.again", in.Reason
	}
	if in.StaleReason != "" {
		about.Detail["stale_reason"] = in.StaleReason
	}
	if in.Ship {
		about.Detail["ship"] = true
	}
	return about, nil
}
