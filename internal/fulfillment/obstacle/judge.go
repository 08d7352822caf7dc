package obstacle

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
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
}

// paper is a number that was asked for.
type paper struct{ state, carrier, code string }

// JudgeTx opens and ends the holds of up to a page of orders, by what their open
// fulfillment orders bear at this moment.
func (s *Service) JudgeTx(ctx context.Context, tx *db.Tx, orderIDs []id.ID) error {
	var all []open
	if err := db.Read(ctx, tx, selectOpen(len(db.Pad(orderIDs))), args(ctx, orderIDs), func(r *db.Row) {
		all = append(all, open{order: id.ID(r.Int()), id: id.ID(r.Int()), kind: r.Text(), supplier: id.ID(r.Int()), hold: r.Text()})
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
	var seeking []open
	for _, o := range all {
		if o.hold == fulfillment.HoldMergedChanged {
			add(o, &order.Raised{Kind: hold.MergedChanged})
		}
		if o.kind != fulfillment.KindExpress || o.supplier != 0 {
			continue // nobody here asks a carrier about it
		}
		if len(papers[o.id]) == 0 {
			seeking = append(seeking, o)
		}
		add(o, failed(papers[o.id]))
	}
	if err := s.seek(ctx, tx, seeking, add); err != nil {
		return err
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
	return s.orders.RaiseTx(ctx, tx, told)
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
			out[of] = append(out[of], paper{r.Text(), r.Text(), r.Text()})
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
