package print

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/packing"
)

// StartInput asks for a batch.
type StartInput struct {
	FulfillmentOrderIDs []id.ID `json:"fulfillment_order_ids"`
	TemplateID          id.ID   `json:"template_id"`
	// Printer of AgentID's prints it; both empty where a person prints the file.
	AgentID id.ID  `json:"agent_id"`
	Printer string `json:"printer"`
	// Again prints what was printed before, marked 重打, for Reason.
	Again  bool   `json:"again"`
	Reason string `json:"reason"`
	// Keep prints in the given order instead of by SKU: the positions of a wave.
	Keep bool `json:"keep"`
	// StaleReason lets a supervisor print on old data.
	StaleReason string `json:"stale_reason"`
	// Ship ships what is printed, as soon as somebody who knows said so.
	Ship bool `json:"ship"`
}

// Left is a fulfillment order that is not in the batch, and why.
type Left struct {
	FulfillmentOrderID id.ID
	Err                *errs.Error
}

// Started is a new batch; Batch.ID is 0 where nothing could be printed.
type Started struct {
	Batch Batch
	Left  []Left
}

// Start makes a print batch of fulfillment orders whose numbers are issued (打单). What
// may not be printed is left out with its reason; a job draws the others. The
// fulfillment orders are sealed. Permission packing.print, with Ship also fulfillment.ship.
//
// Errors: ErrTooMany, ErrNoTemplate, ErrNoReason, ErrBusy, ErrNeedsAgent, ErrNoAgent,
// ErrRace. Of what is left out: those of fulfillment.GuardTx and FreshTx and of
// waybill.CurrentTx, ErrPrinted, ErrAccounts.
func (s *Service) Start(ctx context.Context, in StartInput) (Started, error) {
	about, err := s.asked(ctx, &in)
	if err != nil {
		return Started{}, err
	}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Started, error) {
		out, err := s.startTx(ctx, tx, in, in.batch(), nil)
		if out.Batch.ID != 0 {
			about.Object = "print_batch/" + out.Batch.ID.String()
		}
		return out, err
	})
}

// may is what every new batch needs.
func (s *Service) may(ctx context.Context, printer, reason *string, again bool) error {
	*printer, *reason = strings.TrimSpace(*printer), strings.TrimSpace(*reason)
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return err
	}
	if again && *reason == "" {
		return ErrNoReason.At("reason")
	}
	return nil
}

// startTx writes a batch. only narrows it to some waybills, which is how a range is
// printed again.
func (s *Service) startTx(ctx context.Context, tx *db.Tx, in StartInput, b Batch, only map[id.ID]bool) (out Started, err error) {
	if _, err := s.template(ctx, tx, b.TemplateID); err != nil {
		return out, err
	}
	checks := make([]fulfillment.Check, 0, len(in.FulfillmentOrderIDs))
	for _, one := range id.Once(in.FulfillmentOrderIDs) {
		checks = append(checks, fulfillment.Check{ID: one})
	}
	parcels, seen, err := s.check(ctx, tx, checks)
	if err != nil {
		return out, err
	}
	if err := s.fill(ctx, tx, parcels, seen, false); err != nil {
		return out, err
	}
	stale := map[id.ID]error{}
	if in.StaleReason == "" {
		if stale, err = s.fulfillments.FreshTx(ctx, tx, seen); err != nil {
			return out, err
		}
	}
	copies, err := s.copies(ctx, tx, parcels)
	if err != nil {
		return out, err
	}
	var chosen []*parcel
	for _, c := range checks {
		p := parcels[c.ID]
		why := p.err
		if why == nil {
			why = stale[c.ID]
		}
		if why == nil {
			why = b.takes(p, copies, in.Again, only)
		}
		if why != nil {
			e := plain(why)
			if e == nil {
				return out, why
			}
			out.Left = append(out.Left, Left{c.ID, e})
			continue
		}
		chosen = append(chosen, p)
	}
	if len(chosen) == 0 {
		return out, nil
	}
	if !in.Keep {
		slices.SortFunc(chosen, shelf)
	}
	out.Batch, err = s.writeTx(ctx, tx, b, chosen, copies, only)
	return out, err
}

// takes says why a parcel is not for this batch. The first parcel decides the account.
func (b *Batch) takes(p *parcel, copies map[id.ID]copied, again bool, only map[id.ID]bool) error {
	if p.f == nil || len(p.orders) == 0 {
		return fulfillment.ErrNoOrder
	}
	for _, w := range p.waybills {
		if c := copies[w.ID]; c.n > 0 && !again && (only == nil || only[w.ID]) {
			return ErrPrinted.With("no", w.No, "n", c.n, "name", c.name)
		}
	}
	if b.AccountID == 0 {
		b.AccountID, b.Carrier = p.waybills[0].AccountID, p.waybills[0].Carrier
	}
	for _, w := range p.waybills {
		if w.AccountID != b.AccountID {
			return ErrAccounts
		}
	}
	return nil
}

// copied is how often a waybill was given to paper, and by whom last.
type copied struct {
	n    int64
	name string
}

func (s *Service) copies(ctx context.Context, q db.Querier, parcels map[id.ID]*parcel) (map[id.ID]copied, error) {
	var ids []id.ID
	for _, p := range parcels {
		for _, w := range p.waybills {
			ids = append(ids, w.ID)
		}
	}
	slices.Sort(ids)
	out := map[id.ID]copied{}
	for part := range slices.Chunk(ids, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, one := range part {
			args = append(args, one)
		}
		if err := db.Read(ctx, q, copiesOf(len(part)), args, func(r *db.Row) {
			one := id.ID(r.Int())
			out[one] = copied{n: r.Int(), name: r.Text()}
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// papered reports whether a waybill is on paper, or may be by now.
func (s *Service) papered(ctx context.Context, q db.Querier, waybill id.ID) (is bool, err error) {
	err = db.Read(ctx, q, copiesOf(1), []any{actor.Merchant(ctx), waybill}, func(r *db.Row) {
		r.Int() // which one
		is = r.Int() > 0
	})
	return is, err
}

// writeTx writes a batch and its labels, claims their waybills and asks for the drawing.
func (s *Service) writeTx(ctx context.Context, tx *db.Tx, b Batch, all []*parcel, copies map[id.ID]copied, only map[id.ID]bool) (Batch, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return b, err
	}
	if err := s.prepare(ctx, tx, &b); err != nil {
		return b, err
	}
	var rows [][]any
	var claims [][]any
	var sealed []fulfillment.FulfillmentOrder
	for _, p := range all {
		items, err := json.Marshal(p.items)
		if err != nil {
			return b, err
		}
		sealed = append(sealed, *p.f)
		for _, w := range p.waybills {
			if only != nil && !only[w.ID] {
				continue
			}
			n := copies[w.ID].n
			rows = append(rows, []any{a.MerchantID, b.ID, int64(len(rows) + 1), w.ID, w.No, w.Piece, p.f.ID, p.f.Version, string(items), n + 1, string(Wanted)})
			claims = append(claims, []any{a.MerchantID, w.ID, n + 1, b.ID, b.CreatedAt, a.Name})
		}
	}
	b.Total = int64(len(rows))
	slices.SortFunc(claims, func(x, y []any) int { return cmp.Compare(x[1].(id.ID), y[1].(id.ID)) })
	if got, err := tx.Insert(ctx, "packing_print_paper", paperColumns, claims, claim); err != nil {
		return b, err
	} else if got != b.Total {
		return b, ErrRace
	}
	if _, err := s.fulfillments.SealLoadedTx(ctx, tx, sealed, fulfillment.SealPrint); err != nil {
		return b, err
	}
	if b.JobID, err = s.drawTx(ctx, tx, b); err != nil {
		return b, err
	}
	_, err = tx.Exec(ctx, insertBatch, a.MerchantID, b.ID, b.Day, b.Number, b.AccountID, b.Carrier, b.TemplateID, string(b.Way), b.Printer, b.AgentID, b.ReprintOf, b.Reason, b.Total,
		b.JobID, flag(b.Ships), b.StaleReason, a.ID, a.Name, b.CreatedAt)
	if db.IsUnique(err) {
		return b, ErrBusy.With("printer", b.Printer)
	}
	if err != nil {
		return b, err
	}
	if _, err := tx.Insert(ctx, "packing_print_label", labelColumns, rows, ""); err != nil {
		return b, err
	}
	return b, s.tellTx(ctx, tx, b, rows)
}

// flag is how a truth is stored.
func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// tellTx tells of a new batch, and of what in it was printed before.
func (s *Service) tellTx(ctx context.Context, tx *db.Tx, b Batch, rows [][]any) error {
	again := int64(0)
	for _, r := range rows {
		if r[slices.Index(labelColumns, "copy_no")].(int64) > 1 {
			again++
		}
	}
	all := []event.Payload{BatchStarted{BatchID: b.ID, Code: b.Code(), AccountID: b.AccountID, Carrier: b.Carrier, AgentID: b.AgentID, Labels: b.Total, Ships: b.Ships}}
	if again > 0 {
		all = append(all, LabelsReprinted{BatchID: b.ID, ReprintOf: b.ReprintOf, Labels: again, Reason: b.Reason})
	}
	for _, e := range all {
		if err := s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "print_batch", ID: b.ID}, e); err != nil {
			return err
		}
	}
	return nil
}

// prepare gives a batch its number and checks who prints it.
func (s *Service) prepare(ctx context.Context, tx *db.Tx, b *Batch) error {
	m := actor.Merchant(ctx)
	acc, err := s.accounts.GetTx(ctx, tx, b.AccountID)
	if err != nil {
		return err
	}
	b.Way = File
	if acc.Kind == account.Channel {
		b.Way = Component
	}
	switch {
	case b.Way == Component && b.AgentID == 0, b.AgentID != 0 && b.Printer == "":
		return ErrNeedsAgent
	case b.AgentID != 0:
		if err := s.activeTx(ctx, tx, b.AgentID); err != nil {
			return err
		}
	}
	if err := s.freeTx(ctx, tx, b.AgentID, b.Printer); err != nil {
		return err
	}
	now := s.k.Clock.Now().In(china)
	b.ID, b.State, b.Version, b.CreatedAt = s.k.IDs.New(), Making, 1, clock.Millis(s.k.Clock)
	b.Day = int64(now.Year()*10_000 + int(now.Month())*100 + now.Day())
	return tx.QueryRow(ctx, nextNumber, m, b.Day).Scan(&b.Number)
}

// freeTx refuses a printer that serves another batch.
func (s *Service) freeTx(ctx context.Context, q db.Querier, agent id.ID, printer string) error {
	var busy int64
	if err := q.QueryRow(ctx, printerBusy, actor.Merchant(ctx), agent, printer).Scan(&busy); err != nil {
		return err
	}
	if busy > 0 {
		return ErrBusy.With("printer", printer)
	}
	return nil
}

func (s *Service) drawTx(ctx context.Context, tx *db.Tx, b Batch) (id.ID, error) {
	return s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobLayout, Payload: layoutPayload{b.ID}, Visible: true, Total: b.Total})
}

// ReprintInput names labels of a batch that are printed again: after a paper jam.
type ReprintInput struct {
	BatchID id.ID  `json:"batch_id"`
	From    int64  `json:"from"` // sequence numbers, both included
	To      int64  `json:"to"`
	Reason  string `json:"reason"`
	// Printer and AgentID are the batch's own where they are empty.
	AgentID id.ID  `json:"agent_id"`
	Printer string `json:"printer"`
}

// Reprint prints a range of a batch again (重打), as a batch of its own in the same order.
// What may no longer be printed is left out. Permission packing.print.
//
// Errors: ErrNoBatch, ErrBadRange, ErrNoReason, those of Start.
func (s *Service) Reprint(ctx context.Context, in ReprintInput) (Started, error) {
	if err := s.may(ctx, &in.Printer, &in.Reason, true); err != nil {
		return Started{}, err
	}
	about := &command.About{Action: "print.again", Object: "print_batch/" + in.BatchID.String(), Detail: map[string]any{"from": in.From, "to": in.To, "reason": in.Reason}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Started, error) {
		b, err := s.batch(ctx, tx, in.BatchID)
		if err != nil {
			return Started{}, err
		}
		all, err := s.labels(ctx, tx, in.BatchID)
		if err != nil {
			return Started{}, err
		}
		only := map[id.ID]bool{}
		start := StartInput{Again: true, Keep: true}
		for _, l := range all {
			if l.Sequence < in.From || l.Sequence > in.To || l.State == Wanted || l.State == Asked {
				continue // what is still to come is not printed again
			}
			only[l.WaybillID] = true
			start.FulfillmentOrderIDs = append(start.FulfillmentOrderIDs, l.FulfillmentOrderID)
		}
		if len(only) == 0 {
			return Started{}, ErrBadRange
		}
		// What came out the first time has shipped where it was to; the rest does now.
		next := Batch{TemplateID: b.TemplateID, AgentID: b.AgentID, Printer: b.Printer, ReprintOf: b.ID, Reason: in.Reason, AccountID: b.AccountID, Carrier: b.Carrier, Ships: b.Ships, StaleReason: b.StaleReason}
		if in.AgentID != 0 || in.Printer != "" {
			next.AgentID, next.Printer = in.AgentID, in.Printer
		}
		return s.startTx(ctx, tx, start, next, only)
	})
}
