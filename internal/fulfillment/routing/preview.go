package routing

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// What would become of an order.
const (
	Whole     = "whole"     // one warehouse ships it
	Split     = "split"     // several share it
	Part      = "part"      // some of it leaves, the rest waits
	Waits     = "waiting"   // for goods
	Unchanged = "unchanged" // it stands as the rules want it
	Skipped   = "skipped"   // it may not be allocated now
)

// Outcomes lists them.
var Outcomes = []string{Whole, Split, Part, Waits, Unchanged, Skipped}

const (
	// MaxPreview is how many orders a preview looks at.
	MaxPreview = 5000
	maxRows    = 200
	maxSample  = 5
)

// PreviewInput asks what rules would do.
type PreviewInput struct {
	Scope string
	// Rules replace the saved ones where they are not nil.
	Rules []allocate.Rule
	// Show lists the orders of one outcome, "" of all of them.
	Show string
}

// Share is what one warehouse takes of an order, in pieces.
type Share struct {
	WarehouseID id.ID
	Pieces      int64
}

// Row is one order of a preview.
type Row struct {
	OrderID  id.ID
	No       string // the channel's
	ShopID   id.ID
	Place    string // province and city
	Pieces   int64  // that the rules decide on
	ShipByAt int64
	Outcome  string
	Was      []Share // as it is allocated now
	Shares   []Share
	Trace    allocate.Trace
	Skip     string // the code of why it is skipped
}

// Load is what a warehouse would ship.
type Load struct {
	WarehouseID id.ID
	Name        string
	Orders      int64
	Pieces      int64
}

// Skip is why orders are skipped.
type Skip struct {
	Code   string
	N      int64
	Sample []string // order numbers
}

// Preview is what the rules would do with the orders of a scope.
type Preview struct {
	Checked    int64
	Capped     bool // there are more orders than were looked at
	Counts     map[string]int64
	Warehouses []Load
	Skips      []Skip
	Rows       []Row // 200 at most
}

// Preview says what rules would do with the orders there are (试算), and changes nothing.
// Permission fulfillment.allocate.
//
// Errors: ErrBadScope, those of allocate.Compile.
func (s *Service) Preview(ctx context.Context, in PreviewInput) (Preview, error) {
	out := Preview{Counts: map[string]int64{}}
	if err := actor.Require(ctx, fulfillment.PermitAllocate); err != nil {
		return out, err
	}
	rules, err := check(in)
	if err != nil {
		return out, err
	}
	ids, err := s.candidates(ctx, s.k.DB, in.Scope, MaxPreview+1)
	if err != nil {
		return out, err
	}
	if out.Capped = len(ids) > MaxPreview; out.Capped {
		ids = ids[:MaxPreview]
	}
	p, err := SurveyTx(ctx, s.k.DB, s.ship, s.orders, s.catalog, ids)
	if err != nil {
		return out, err
	}
	if in.Rules != nil {
		p.Round.Use(rules)
	}
	slices.SortStableFunc(p.Orders, p.Round.Turn)
	loads := map[id.ID]*Load{}
	skips := map[string]*Skip{}
	for _, o := range p.Orders {
		row := p.row(o, p.Round.Plan)
		out.Checked++
		out.Counts[row.Outcome]++
		if row.Outcome == Skipped {
			count(skips, row)
		}
		for _, x := range row.Shares {
			p.load(loads, x)
		}
		if (in.Show == "" || in.Show == row.Outcome) && len(out.Rows) < maxRows {
			out.Rows = append(out.Rows, row)
		}
	}
	for _, l := range loads {
		out.Warehouses = append(out.Warehouses, *l)
	}
	slices.SortFunc(out.Warehouses, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Orders, a.Orders), cmp.Compare(a.WarehouseID, b.WarehouseID))
	})
	for _, code := range slices.Sorted(maps.Keys(skips)) {
		out.Skips = append(out.Skips, *skips[code])
	}
	return out, nil
}

func check(in PreviewInput) ([]*allocate.Compiled, error) {
	if in.Scope != Unallocated && in.Scope != Open {
		return nil, ErrBadScope.At("scope")
	}
	var out []*allocate.Compiled
	for _, r := range in.Rules {
		c, err := allocate.Compile(r)
		if err != nil {
			return nil, err
		}
		if r.Active {
			out = append(out, c)
		}
	}
	return out, nil
}

func count(skips map[string]*Skip, row Row) {
	x := skips[row.Skip]
	if x == nil {
		x = &Skip{Code: row.Skip}
		skips[row.Skip] = x
	}
	if x.N++; len(x.Sample) < maxSample {
		x.Sample = append(x.Sample, row.No)
	}
}

// place is a line's share of a warehouse.
type place struct{ line, warehouse id.ID }

func shares(of map[place]int64) []Share {
	by := map[id.ID]int64{}
	for k, n := range of {
		by[k.warehouse] += n
	}
	var out []Share
	for _, w := range slices.Sorted(maps.Keys(by)) {
		out = append(out, Share{w, by[w]})
	}
	return out
}

func outcome(d allocate.Decision, warehouses int, same bool) string {
	switch {
	case d.Trace.Outcome == allocate.Waiting:
		return Waits
	case same:
		return Unchanged
	case d.Trace.Outcome == allocate.PartOnly:
		return Part
	case warehouses > 1:
		return Split
	}
	return Whole
}

func (p *Survey) load(loads map[id.ID]*Load, x Share) {
	l := loads[x.WarehouseID]
	if l == nil {
		l = &Load{WarehouseID: x.WarehouseID}
		for _, w := range p.Round.Warehouses {
			if w.ID == x.WarehouseID {
				l.Name = w.Name
			}
		}
		loads[x.WarehouseID] = l
	}
	l.Orders, l.Pieces = l.Orders+1, l.Pieces+x.Pieces
}
