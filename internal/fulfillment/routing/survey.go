package routing

import (
	"context"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Survey is some orders, how they stand, and what is needed to plan them.
type Survey struct {
	Orders []*order.Order
	Round  *allocate.Round
	Parts  map[id.ID][]catalog.Component // by SKU
	open   map[id.ID][]held              // by order
}

// held is what an open fulfillment order holds of a line.
type held struct {
	line      id.ID
	quantity  int64
	warehouse id.ID
	stays     bool // it is sealed, or shared with other orders
}

// SurveyTx reads it, and locks nothing.
func SurveyTx(ctx context.Context, q db.Querier, ship *fulfillment.Service, orders *order.Service, goods *catalog.Service, ids []id.ID) (*Survey, error) {
	p := &Survey{open: map[id.ID][]held{}}
	var skus []id.ID
	for part := range slices.Chunk(ids, 500) {
		some, err := orders.LoadTx(ctx, q, part)
		if err != nil {
			return nil, err
		}
		for i := range some {
			p.Orders = append(p.Orders, &some[i])
			for _, l := range some[i].Lines {
				if l.SKUID != 0 {
					skus = append(skus, l.SKUID)
				}
			}
		}
		if err := p.readOpen(ctx, q, part); err != nil {
			return nil, err
		}
	}
	slices.Sort(skus)
	var err error
	if p.Parts, err = goods.ComponentsTx(ctx, q, slices.Compact(skus)); err != nil {
		return nil, err
	}
	p.Round, err = ship.Rules().RoundTx(ctx, q, p.Orders, p.Parts)
	return p, err
}

func (p *Survey) readOpen(ctx context.Context, q db.Querier, ids []id.ID) error {
	ids = db.Pad(ids)
	args := []any{actor.Merchant(ctx)}
	for _, i := range ids {
		args = append(args, int64(i))
	}
	for row := range db.Each(ctx, q, selectOpen(len(ids)), args...) {
		var of id.ID
		var h held
		if err := row.Scan(&of, &h.line, &h.quantity, &h.warehouse, &h.stays); err != nil {
			return err
		}
		p.open[of] = append(p.open[of], h)
	}
	return nil
}

// Changes reports whether the rules would give an order other goods than it has if it
// came first, and names every warehouse with enough for it to ship from. To be asked once.
func (p *Survey) Changes(o *order.Order) (useful []id.ID, changes bool) {
	row := p.row(o, func(o *order.Order, lines []allocate.Line) (d allocate.Decision) {
		d, useful = p.Round.Foresee(o, lines)
		return d
	})
	return useful, row.Outcome != Waits && row.Outcome != Unchanged && row.Outcome != Skipped
}

// row plans one order, as fulfillment's own routing would.
func (p *Survey) row(o *order.Order, plan func(*order.Order, []allocate.Line) allocate.Decision) Row {
	row := Row{OrderID: o.ID, No: o.ChannelOrderNo, ShopID: o.ShopID, Place: o.Province + o.City, ShipByAt: o.ShipByAt}
	if !o.Allows(order.ActAllocate) {
		row.Outcome, row.Skip = Skipped, fulfillment.ErrNotAllocatable.Code
		return row
	}
	kept := map[id.ID]int64{}
	sku := map[id.ID]id.ID{}
	for _, l := range o.Lines {
		sku[l.ID] = l.SKUID
	}
	was := map[place]int64{}
	for _, h := range p.open[o.ID] {
		if !h.stays {
			was[place{h.line, h.warehouse}] += h.quantity
			continue
		}
		kept[h.line] += h.quantity
		for _, c := range p.Parts[sku[h.line]] { // what is kept is not free for the rest
			p.Round.Held(o.ID).Add(c.SKUID, h.warehouse, -h.quantity*c.Quantity)
		}
	}
	row.Was = shares(was)
	lines := p.Round.Lines(o, kept)
	if len(lines) == 0 {
		row.Outcome, row.Skip = Skipped, ErrAllKept.Code
		return row
	}
	d := plan(o, lines)
	row.Trace = d.Trace
	now := map[place]int64{}
	for _, x := range d.Shares {
		for _, l := range x.Lines {
			now[place{l.LineID, x.WarehouseID}] += l.Quantity
		}
	}
	row.Shares, row.Pieces = shares(now), d.Trace.Wanted
	row.Outcome = outcome(d, len(row.Shares), maps.Equal(was, now) && len(was) > 0)
	return row
}
