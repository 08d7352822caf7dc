package obstacle

import (
	"context"
	"math"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
)

// open is a fulfillment order that has not left, of one order.
type open struct {
	order, id id.ID
	kind      string
	supplier  id.ID
	hold      string
	sealed    string
	version   int64
}

// paper is a number that was asked for.
type paper struct {
	state, carrier, code string
	account              id.ID
	at                   int64 // when it was asked for
}

// JudgeTx opens and ends the holds of up to a page of orders, by what their open
// fulfillment orders bear at this moment.
func (s *Service) JudgeTx(ctx context.Context, tx *db.Tx, orderIDs []id.ID) error {
	var all []open
	if err := db.Read(ctx, tx, selectOpen(len(db.Pad(orderIDs))), args(ctx, orderIDs), func(r *db.Row) {
		all = append(all, open{order: id.ID(r.Int()), id: id.ID(r.Int()), kind: r.Text(), supplier: id.ID(r.Int()), hold: r.Text(), sealed: r.Text(), version: r.Int()})
	}); err != nil {
		return err
	}
	papers, err := readPapers(ctx, tx, all)
	if err != nil {
		return err
	}
	reasons := map[id.ID][]order.Raised{}
	add := func(o open, r *order.Raised) {
		if r != nil && !slices.ContainsFunc(reasons[o.order], func(x order.Raised) bool { return x.Kind == r.Kind }) {
			r.OrderID, r.Stands = o.order, true
			reasons[o.order] = append(reasons[o.order], *r)
		}
	}
	var seeking, numbered []open
	for _, o := range all {
		if o.hold == fulfillment.HoldMergedChanged {
			add(o, &order.Raised{Kind: hold.MergedChanged})
		}
		if o.kind != fulfillment.KindExpress || o.supplier != 0 {
			continue // nobody here asks a carrier about it
		}
		if len(papers[o.id]) == 0 {
			seeking = append(seeking, o)
		} else {
			numbered = append(numbered, o)
		}
		add(o, failed(papers[o.id]))
	}
	if err := s.seek(ctx, tx, seeking, add); err != nil {
		return err
	}
	stranded, err := s.strand(ctx, tx, numbered, papers)
	if err != nil {
		return err
	}
	for _, o := range numbered {
		add(o, stranded[o.id])
	}
	var told []order.Raised
	for _, one := range orderIDs {
		for _, k := range kinds {
			at := slices.IndexFunc(reasons[one], func(r order.Raised) bool { return r.Kind == k })
			if at < 0 {
				told = append(told, order.Raised{OrderID: one, Kind: k})
			} else {
				told = append(told, reasons[one][at])
			}
		}
	}
	if err := s.orders.RaiseTx(ctx, tx, told); err != nil {
		return err
	}
	return s.stop(ctx, tx, all, stranded)
}

// stop keeps what is stranded from being printed, scanned and shipped, and lets go of what
// is no more. The hold of an order stops nothing: its other parcels may leave, and this one
// may under another number.
func (s *Service) stop(ctx context.Context, tx *db.Tx, all []open, stranded map[id.ID]*order.Raised) error {
	var stmts []db.Stmt
	var events []event.Appended
	seen := map[id.ID]bool{}
	for _, o := range all {
		want := o.hold
		switch {
		case stranded[o.id] != nil && o.hold == "":
			want = fulfillment.HoldSuspended
		case stranded[o.id] == nil && o.hold == fulfillment.HoldSuspended:
			want = ""
		}
		if want == o.hold || seen[o.id] {
			continue
		}
		seen[o.id] = true
		stmts = append(stmts, db.Stmt{SQL: setHold, Want: -1, Args: []any{want, clock.Millis(s.k.Clock), actor.Merchant(ctx), o.id, o.hold}})
		events = append(events, event.Appended{Of: event.Of{Aggregate: "fulfillment_order", ID: o.id, Version: o.version},
			Payload: fulfillment.OrderChanged{FulfillmentOrderID: o.id, State: fulfillment.StateOpen, Version: o.version, Sealed: o.sealed, Hold: want}})
	}
	if len(stmts) == 0 {
		return nil
	}
	if _, err := tx.Batch(ctx, stmts); err != nil {
		return err
	}
	return s.k.Events.AppendAllTx(ctx, tx, events)
}

func readPapers(ctx context.Context, q db.Querier, all []open) (map[id.ID][]paper, error) {
	ids := make([]id.ID, len(all))
	for i, o := range all {
		ids[i] = o.id
	}
	out := map[id.ID][]paper{}
	for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), page) {
		if err := db.Read(ctx, q, selectWaybills(len(db.Pad(part))), args(ctx, part), func(r *db.Row) {
			of := id.ID(r.Int())
			out[of] = append(out[of], paper{r.Text(), r.Text(), r.Text(), id.ID(r.Int()), r.Int()})
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// failed is the hold of numbers that could not be issued, nil where there is none. An
// issuer whose answer got lost is asked again by itself.
func failed(all []paper) *order.Raised {
	for _, p := range all {
		if p.state == string(waybill.Failed) {
			note := p.code
			if c, ok := logistics.Get(p.carrier); ok {
				note = c.Code + " " + p.code
			}
			return &order.Raised{Kind: hold.WaybillFailed, Note: note}
		}
	}
	return nil
}

// seek finds out whether a carrier takes what has no number yet.
func (s *Service) seek(ctx context.Context, q db.Querier, all []open, add func(open, *order.Raised)) error {
	ids := make([]id.ID, len(all))
	for i, o := range all {
		ids[i] = o.id
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return nil
	}
	choices, err := s.choices(ctx, q, ids)
	if err != nil {
		return err
	}
	for _, o := range all {
		if c, ok := choices[o.id]; ok {
			add(o, refusal(c, clock.Millis(s.k.Clock)))
		}
	}
	return nil
}

// strand finds what has a number of an account that has suspended its area since: it waits
// for the end, or its number is given back and another carrier takes it. Whoever asks for a
// number while the area is suspended knows why.
func (s *Service) strand(ctx context.Context, q db.Querier, all []open, papers map[id.ID][]paper) (map[id.ID]*order.Raised, error) {
	if len(all) == 0 {
		return nil, nil
	}
	now, oldest := clock.Millis(s.k.Clock), int64(math.MaxInt64)
	ids := make([]id.ID, len(all))
	for i, o := range all {
		ids[i] = o.id
		for _, p := range papers[o.id] {
			oldest = min(oldest, p.at)
		}
	}
	begun := false
	if err := db.Read(ctx, q, selectBegun, []any{actor.Merchant(ctx), oldest, now, now}, func(r *db.Row) { begun = r.Int() != 0 }); err != nil || !begun {
		return nil, err
	}
	choices, err := s.choices(ctx, q, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, err
	}
	out := map[id.ID]*order.Raised{}
	for _, o := range all {
		for _, step := range choices[o.id].Suspended {
			of := func(p paper) bool { return p.account == step.AccountID && p.at < step.Since }
			if !slices.ContainsFunc(papers[o.id], of) {
				continue
			}
			out[o.id] = &order.Raised{Kind: hold.CarrierSuspended, Note: step.Text, UntilAt: step.Until}
			if step.Until == 0 {
				out[o.id].Kind = hold.CarrierUnreachable
			}
		}
	}
	return out, nil
}
