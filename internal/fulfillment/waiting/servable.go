package waiting

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/routing"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// shelf is where goods of a SKU are free.
type shelf struct{ sku, warehouse id.ID }

// prospects are orders to which something can be given of what is free by now.
type prospects struct {
	*routing.Survey
	from map[id.ID]map[shelf]int64 // by order: the shelves it may take from, and how many pieces at most
}

// prospectsOf asks for each of orders alone, in a few statements for all of them, so that
// pieces that nobody can use cost a look and not an attempt at every order.
func (s *Service) prospectsOf(ctx context.Context, q db.Querier, ids []id.ID, routed map[id.ID]bool) (*prospects, error) {
	survey, err := routing.SurveyTx(ctx, q, s.ships, s.orders, s.catalog, ids)
	if err != nil {
		return nil, err
	}
	p := &prospects{survey, map[id.ID]map[shelf]int64{}}
	misses := map[id.ID][]miss{}
	err = eachChunk(ids, func(part []id.ID) error {
		return db.Read(ctx, q, selectMisses(len(part)), idArgs(ctx, part), func(r *db.Row) {
			o := id.ID(r.Int())
			misses[o] = append(misses[o], miss{shelf{warehouse: id.ID(r.Int()), sku: id.ID(r.Int())}, r.Int()})
		})
	})
	for _, o := range p.Orders {
		p.ask(o, misses[o.ID], routed[o.ID])
	}
	return p, err
}

// miss is what a line of an order out of stock is short of, and where it is reserved first.
type miss struct {
	shelf
	pieces int64
}

// ask finds out what one order may take, as serving it would: what it is short of is
// reserved in its own warehouse, line by line, and while nobody approved it, whole where the
// rules would ship it from; who was routed in vain is routed again.
func (p *prospects) ask(o *order.Order, misses []miss, routed bool) {
	all := p.allOf(o)
	var useful []id.ID
	if o.OnHold(order.HoldOutOfStock) {
		lacks := false
		for _, m := range misses {
			if lacks = lacks || m.pieces > 0; m.pieces > 0 && p.Round.Free(m.sku, m.warehouse) >= m.pieces {
				p.add(o.ID, m.shelf, all[m.sku]-p.Round.Held(o.ID)[m.sku][m.warehouse])
			}
		}
		if !lacks {
			p.add(o.ID, shelf{}, 0) // only its hold is left to end
		}
		if o.WarehouseID == 0 && o.ApprovedAt == 0 {
			if d, where := p.Round.Foresee(o, p.Round.Lines(o, nil)); d.Trace.Outcome == allocate.Allocated {
				useful = where
			}
		}
	}
	if routed {
		if where, changes := p.Changes(o); changes {
			useful = where
			p.add(o.ID, shelf{}, 0) // it may take nothing, and move what it has
		}
	}
	for _, w := range useful {
		for sku, n := range all {
			p.add(o.ID, shelf{sku, w}, n-p.Round.Held(o.ID)[sku][w])
		}
	}
}

// add notes a shelf that an order may take n pieces from; nothing is to be had of an empty one.
func (p *prospects) add(o id.ID, at shelf, n int64) {
	if p.from[o] == nil {
		p.from[o] = map[shelf]int64{}
	}
	if n > 0 && p.Round.Free(at.sku, at.warehouse) > 0 {
		p.from[o][at] = max(n, p.from[o][at])
	}
}

// allOf is how many pieces of each SKU an order still has to be sent.
func (p *prospects) allOf(o *order.Order) map[id.ID]int64 {
	out := map[id.ID]int64{}
	for _, l := range o.Lines {
		for _, c := range p.Parts[l.SKUID] {
			if n := l.Open() * c.Quantity; n > 0 {
				out[c.SKUID] += n
			}
		}
	}
	return out
}

// competing are those that may take goods of which a warehouse has too few for all who may.
// Whoever serves the others may do so in any order: nobody's goods run out.
func (p *prospects) competing() map[id.ID]bool {
	wanted := map[shelf]int64{}
	for _, from := range p.from {
		for at, n := range from {
			wanted[at] += n
		}
	}
	out := map[id.ID]bool{}
	for o, from := range p.from {
		for at := range from {
			if p.Round.Free(at.sku, at.warehouse) < wanted[at] {
				out[o] = true
			}
		}
	}
	return out
}
