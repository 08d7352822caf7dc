package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/record"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/order/tally"
)

// batch is what one transaction writes, gathered over all its edits.
type batch struct {
	m         id.ID
	heads     []*Order
	lines     []*OrderLine
	holds     [][]any
	tags      [][]any
	headSets  []db.Stmt
	sets      []db.Stmt
	events    []event.Appended
	counts    tally.Counts
	receivers receiver.Batch
	keys      *seal.Keys
}

// save is the only writer of orders: it computes the displayed state, the header
// sums and flags, and writes what differs, with events and counters. An edit
// that changed nothing writes nothing.
//
// Errors: ErrChanged when another transaction changed an order in between.
func (s *Service) save(ctx context.Context, tx *db.Tx, edits []*edit) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	keys, err := s.kit.Seal.KeysTx(ctx, tx, a.MerchantID)
	if err != nil {
		return err
	}
	b := &batch{m: a.MerchantID, counts: tally.Counts{}, keys: keys}
	if slices.ContainsFunc(edits, (*edit).moves) {
		if err := b.receivers.ReadyTx(ctx, tx); err != nil {
			return err
		}
	}
	for _, e := range edits {
		if err := b.take(e); err != nil {
			return err
		}
	}
	return b.writeTx(ctx, tx, s)
}

// settle computes everything that follows from an order's own data.
func settle(o *Order) error {
	o.LineCount = int64(len(o.Lines))
	known, pieces := true, int64(0)
	for i := range o.Lines {
		o.Lines[i].PlacedAt = o.PlacedAt
	}
	for _, l := range o.Lines {
		known = known && l.QuantityKnown
		pieces += l.Ordered
	}
	if known {
		o.Quantity = pieces
	}
	if err := sumAmounts(o); err != nil {
		return err
	}
	o.Problem = len(o.Holds) > 0
	o.InAftersale = o.RefundState == RefundInProgress
	o.State = display(o)
	return nil
}

// sumAmounts sets every header amount to the exact sum of the lines' known ones;
// it stays unknown where no line knows it.
func sumAmounts(o *Order) error {
	var sum Amounts
	total := sum.all()
	for i := range o.Lines {
		for k, p := range o.Lines[i].Amounts.all() {
			if *p == nil {
				continue
			}
			if *total[k] == nil {
				v := **p
				*total[k] = &v
				continue
			}
			v, err := money.Add(**total[k], **p)
			if err != nil {
				return ErrBadAmount.Because(err)
			}
			*total[k] = &v
		}
	}
	o.Amounts = sum
	return nil
}

// all lists the bearer columns, so that they are summed, split and compared alike.
func (a *Amounts) all() [10]**money.Fen {
	return [...]**money.Fen{&a.Goods, &a.MerchantDiscount, &a.PlatformDiscount, &a.TalentDiscount, &a.PaymentDiscount,
		&a.PriceChange, &a.Freight, &a.BuyerPaid, &a.Receivable, &a.Refund}
}

func (b *batch) take(e *edit) error {
	o := e.now
	e.evaluate()
	if err := settle(o); err != nil {
		return err
	}
	if e.created {
		o.Version, o.CreatedAt, o.UpdatedAt = 1, e.at, e.at
		b.heads = append(b.heads, o)
		count(b.counts, o, 1)
	}
	changed := b.takeLines(e)
	changed = b.takeHolds(e) || changed
	changed = b.takeTags(e) || changed
	if e.moves() {
		if err := b.receivers.Take(b.m, b.keys, e.receives()); err != nil {
			return err
		}
	}
	if !e.created {
		set, args := record.Diff(headColumns, &e.was, o)
		if len(set) == 0 && !changed && e.receiver == nil && len(e.events) == 0 {
			return nil
		}
		o.Version, o.UpdatedAt = e.was.Version+1, e.at
		set, args = append(set, "version", "updated_at"), append(args, o.Version, o.UpdatedAt)
		b.headSets = append(b.headSets, db.Stmt{SQL: record.Update("order_head", set, whereHead), Args: append(args, int64(b.m), int64(o.ID), e.was.Version), Want: 1})
		count(b.counts, &e.was, -1)
		count(b.counts, o, 1)
	}
	for _, p := range e.events {
		b.events = append(b.events, event.Appended{Of: event.Of{Aggregate: "order", ID: o.ID, Version: o.Version}, Payload: p})
	}
	return nil
}

func (b *batch) takeLines(e *edit) (changed bool) {
	for i := range e.now.Lines {
		l := &e.now.Lines[i]
		k := slices.IndexFunc(e.was.Lines, func(w OrderLine) bool { return w.ID == l.ID })
		if k < 0 {
			l.OrderID = e.now.ID
			b.lines = append(b.lines, l)
			changed = true
			continue
		}
		if set, args := record.Diff(lineColumns, &e.was.Lines[k], l); len(set) > 0 {
			b.sets = append(b.sets, db.Stmt{SQL: record.Update("order_line", set, whereLine), Args: append(args, int64(b.m), int64(e.now.ID), int64(l.ID)), Want: 1})
			changed = true
		}
	}
	return changed
}

func (b *batch) takeHolds(e *edit) (changed bool) {
	has := func(in []Hold, h Hold) bool {
		return slices.ContainsFunc(in, func(o Hold) bool { return o.ID == h.ID })
	}
	for _, h := range e.was.Holds {
		if !has(e.now.Holds, h) {
			b.sets = append(b.sets, db.Stmt{SQL: clearHold, Args: []any{e.at, int64(e.by), int64(b.m), int64(h.ID)}, Want: 1})
			changed = true
		}
	}
	for _, h := range e.now.Holds {
		if !has(e.was.Holds, h) {
			b.holds = append(b.holds, []any{int64(b.m), int64(h.ID), int64(e.now.ID), string(h.Kind), h.Note, RuleOf(h.Kind).Owner, h.RaisedAt, int64(h.RaisedBy), int64(0), int64(0), h.UntilAt, int64(h.CauseID)})
			changed = true
		}
	}
	return changed
}

// takeTags keeps order_tag the twin of the head's tags, also when placed_at moves.
func (b *batch) takeTags(e *edit) (changed bool) {
	moved := e.was.PlacedAt != e.now.PlacedAt
	for _, t := range e.was.Tags {
		if moved || !slices.Contains(e.now.Tags, t) {
			b.sets = append(b.sets, db.Stmt{SQL: deleteTag, Args: []any{int64(b.m), t, e.was.PlacedAt, int64(e.now.ID)}, Want: 1})
			changed = true
		}
	}
	for _, t := range e.now.Tags {
		if moved || !slices.Contains(e.was.Tags, t) {
			b.tags = append(b.tags, []any{int64(b.m), t, e.now.PlacedAt, int64(e.now.ID)})
			changed = true
		}
	}
	return changed
}

func (b *batch) writeTx(ctx context.Context, tx *db.Tx, s *Service) error {
	// Heads first: a lost race shows before anything else is written.
	if miss, err := tx.Batch(ctx, b.headSets); err != nil {
		return err
	} else if miss >= 0 {
		return ErrChanged
	}
	headCols, heads := record.Rows(b.m, headColumns, b.heads)
	lineCols, lines := record.Rows(b.m, lineColumns, b.lines)
	if err := tx.InsertAll(ctx, db.Rows{Table: "order_head", Cols: headCols, Rows: heads}, db.Rows{Table: "order_line", Cols: lineCols, Rows: lines}, b.receivers.Rows()); err != nil {
		return err
	}
	if miss, err := tx.Batch(ctx, append(b.sets, b.receivers.Sets...)); err != nil {
		return err
	} else if miss >= 0 {
		return ErrChanged
	}
	if err := tx.InsertAll(ctx, db.Rows{Table: "order_hold", Cols: holdNames, Rows: b.holds}, db.Rows{Table: "order_tag", Cols: tagNames, Rows: b.tags}, b.receivers.Tokens()); err != nil {
		return err
	}
	if err := s.kit.Events.AppendAllTx(ctx, tx, b.events); err != nil {
		return err
	}
	return b.counts.WriteTx(ctx, tx, b.m, s.kit.IDs.New)
}
