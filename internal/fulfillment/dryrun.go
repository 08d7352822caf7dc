package fulfillment

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// DryRun says what shipping would answer, batch after batch: it remembers what earlier
// batches would have changed, as far as it shows in later rows.
type DryRun struct {
	s      *Service
	owners map[string]id.ID
	took   map[id.ID]int64 // by line
	packed map[id.ID]map[string][]id.ID
}

// DryRun begins one.
func (s *Service) DryRun() *DryRun {
	return &DryRun{s: s, owners: map[string]id.ID{}, took: map[id.ID]int64{}, packed: map[id.ID]map[string][]id.ID{}}
}

// Ship answers what ShipTx would, and writes nothing.
func (d *DryRun) Ship(ctx context.Context, ins []ShipInput) ([]Outcome, error) {
	w, err := d.s.lookAround(ctx, d.s.k.DB, ins, upTo(len(ins)), false)
	if err != nil {
		return nil, err
	}
	d.replay(w)
	outs := make([]Outcome, len(ins))
	var plans []*plan
	for i, in := range ins {
		p := w.plan(in)
		p.at = i
		if outs[i] = p.out; p.out.Err == nil && !p.out.Unchanged {
			plans = append(plans, p)
			d.carry(w, p)
		}
	}
	if err := d.stock(ctx, w, plans, outs); err != nil {
		return nil, err
	}
	for no, o := range w.owners {
		d.owners[no] = o
	}
	return outs, nil
}

// replay puts what earlier rows would have done into the world of this batch.
func (d *DryRun) replay(w *world) {
	for no, o := range d.owners {
		if _, known := w.owners[no]; !known {
			w.owners[no] = o
		}
	}
	for _, o := range w.orders {
		for i := range o.Lines {
			o.Lines[i].Shipped += d.took[o.Lines[i].ID]
		}
		for no, lines := range d.packed[o.ID] {
			w.pack(o.ID, no, lines...)
		}
	}
}

func (d *DryRun) carry(w *world, p *plan) {
	for _, q := range p.lines {
		d.took[q.LineID] += q.Quantity
		for i := range p.order.Lines {
			if p.order.Lines[i].ID == q.LineID {
				p.order.Lines[i].Shipped += q.Quantity
			}
		}
		w.pack(p.order.ID, p.waybillNo, q.LineID)
		if d.packed[p.order.ID] == nil {
			d.packed[p.order.ID] = map[string][]id.ID{}
		}
		d.packed[p.order.ID][p.waybillNo] = append(d.packed[p.order.ID][p.waybillNo], q.LineID)
	}
}

// stock asks inventory itself what it would refuse.
func (d *DryRun) stock(ctx context.Context, w *world, plans []*plan, outs []Outcome) error {
	if len(plans) == 0 {
		return nil
	}
	takes := make([][]inventory.Take, len(plans))
	for i, p := range plans {
		takes[i] = w.takes(p)
	}
	return d.s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		shorts, err := d.s.stock.TryDeductEachTx(ctx, tx, takes)
		if err != nil {
			return err
		}
		for i, p := range plans {
			if shorts[i] != nil {
				outs[p.at].Err = shorts[i]
			}
		}
		return nil
	})
}

// errUndo takes a dry run back.
var errUndo = errors.New("fulfillment: dry run")
