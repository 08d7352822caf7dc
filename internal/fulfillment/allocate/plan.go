package allocate

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// Strategies rank the warehouses that could ship.
const (
	ByPriority     = "priority"      // as the rule lists them
	ByRegion       = "region"        // the province's preference
	ByStock        = "stock"         // who has most of the order's goods
	ByDistance     = "distance"      // the shortest way
	ByCost         = "cost"          // the cheapest freight
	ByFewestSplits = "fewest_splits" // as few parcels as can be
)

// Strategies lists them.
var Strategies = []string{ByPriority, ByRegion, ByStock, ByDistance, ByCost, ByFewestSplits}

// Shortage policies: what happens when no candidate has the whole order.
const (
	ShortWait    = "wait"      // for goods
	ShortPartial = "partial"   // what there is leaves, the rest waits
	ShortSplit   = "split"     // several warehouses share it, if they have all of it
	ShortMove    = "move"      // another warehouse ships it, if one has all of it
	ShortAsk     = "ask_buyer" // a person asks the buyer
)

// Shortages lists them.
var Shortages = []string{ShortWait, ShortPartial, ShortSplit, ShortMove, ShortAsk}

// Part is what one piece of a line takes off the shelf: itself, or a component.
type Part struct {
	SKUID    id.ID
	Quantity int64
}

// Line is what is left to ship of an order line, in pieces.
type Line struct {
	ID         id.ID
	Quantity   int64
	WeightGram int64 // of one piece, 0 where unknown
	Parts      []Part
}

// Order is an order to be planned.
type Order struct {
	ID       id.ID
	Province string
	City     string
	Lines    []Line
	// Held is what it has reserved already, by SKU and warehouse: free for itself.
	Held  Stock
	Facts Facts
	// Refused are the suppliers that said no to it: none of them is asked again.
	Refused []id.ID
	// Stands is the warehouse that somebody gave it to, 0 for none: holding all of it
	// there, it stays.
	Stands id.ID
}

// Stock is pieces by SKU and warehouse.
type Stock map[id.ID]map[id.ID]int64

// Add changes one number.
func (s Stock) Add(sku, warehouse id.ID, n int64) {
	if s[sku] == nil {
		s[sku] = map[id.ID]int64{}
	}
	s[sku][warehouse] += n
}

// Warehouse is a place that could ship.
type Warehouse struct {
	ID         id.ID
	Name       string
	Active     bool
	SupplierID id.ID
	Areas      []Area
}

// Share is what one warehouse takes.
type Share struct {
	WarehouseID id.ID
	Lines       []LineQty
}

// LineQty is a quantity of one line.
type LineQty struct {
	LineID   id.ID
	Quantity int64
}

// Outcomes of a plan.
const (
	Allocated = "allocated"
	PartOnly  = "part"
	Waiting   = "waiting"
)

// Why a candidate was chosen or was not.
const (
	Chosen    = "chosen"
	Short     = "short"
	Later     = "ranked_later"
	NotServed = "not_served"
	Refused   = "refused" // its supplier said no to this order
	Inactive  = "inactive"
)

// Candidate is one warehouse in a trace. Score is what the strategy compared, the
// lower the better: places, kilometres, fen, or pieces missing.
type Candidate struct {
	WarehouseID id.ID  `json:"warehouse_id"`
	Name        string `json:"name"`
	Score       int64  `json:"score"`
	Has         int64  `json:"has"` // pieces of the order it could ship
	Reason      string `json:"reason"`
}

// Trace says why an order was planned as it was.
type Trace struct {
	RuleID     id.ID       `json:"rule_id"`
	Rule       string      `json:"rule"` // its name, "" where none fits
	Strategy   string      `json:"strategy"`
	Shortage   string      `json:"shortage"`
	Wanted     int64       `json:"wanted"` // pieces
	Candidates []Candidate `json:"candidates"`
	Outcome    string      `json:"outcome"`
	AskBuyer   bool        `json:"ask_buyer,omitempty"`
}

// Decision is who ships how much of an order.
type Decision struct {
	Shares []Share
	Trace  Trace
	Action Action
}

// Plan decides on one order and takes what it decides off free, so that the next
// order sees what is left.
func Plan(o *Order, rules []*Compiled, warehouses []Warehouse, free Stock) Decision {
	p := planner{o: o, free: free, all: warehouses}
	d, _ := p.decide(rules)
	p.book(d.Shares)
	return d
}

// decide plans without taking anything, and lists the candidates, the best first.
func (p *planner) decide(rules []*Compiled) (Decision, []Warehouse) {
	d := Decision{Action: Action{Strategy: ByPriority, Shortage: ShortWait}}
	for _, r := range rules {
		if r.when.Match(&p.o.Facts) {
			d.Action, d.Trace.RuleID, d.Trace.Rule = r.Action, r.ID, r.Name
			break
		}
	}
	d.Trace.Strategy, d.Trace.Shortage, d.Trace.AskBuyer = d.Action.Strategy, d.Action.Shortage, false
	for _, l := range p.o.Lines {
		d.Trace.Wanted += l.Quantity
	}
	ranked := p.rank(&d)
	if d.Shares = p.stands(&d); d.Shares == nil {
		d.Shares = p.choose(&d, ranked)
	}
	d.Trace.Outcome = Waiting
	var got int64
	for _, s := range d.Shares {
		for _, l := range s.Lines {
			got += l.Quantity
		}
		for i := range d.Trace.Candidates {
			if c := &d.Trace.Candidates[i]; c.WarehouseID == s.WarehouseID {
				c.Reason = Chosen
			}
		}
	}
	switch {
	case got > 0 && got == d.Trace.Wanted:
		d.Trace.Outcome = Allocated
	case got > 0:
		d.Trace.Outcome = PartOnly
	}
	d.Trace.AskBuyer = d.Trace.Outcome != Allocated && d.Action.Shortage == ShortAsk
	return d, ranked
}

// useful are the warehouses with enough for the order to ship from: of those it may share,
// any with a piece.
func (p *planner) useful(d *Decision, ranked []Warehouse) (out []id.ID) {
	if d.Action.Shortage == ShortMove {
		ranked = slices.DeleteFunc(slices.Clone(p.all), func(w Warehouse) bool { return !p.ships(w) })
	}
	shared := d.Action.Shortage == ShortSplit || d.Action.Shortage == ShortPartial
	for _, w := range ranked {
		if _, n := p.cover(w.ID, p.wanted()); n > 0 && (shared || n == d.Trace.Wanted) {
			out = append(out, w.ID)
		}
	}
	return out
}

type planner struct {
	o    *Order
	free Stock
	all  []Warehouse
}

// has is how many pieces of a part are free for this order in a warehouse.
func (p *planner) has(sku, warehouse id.ID) int64 {
	return max(0, p.free[sku][warehouse]) + p.o.Held[sku][warehouse]
}

// cover is what a warehouse could ship of what is wanted, line by line in order; two
// lines never count the same piece.
func (p *planner) cover(warehouse id.ID, want map[id.ID]int64) (out []LineQty, pieces int64) {
	used := map[id.ID]int64{}
	for _, l := range p.o.Lines {
		n := want[l.ID]
		for _, part := range l.Parts {
			n = min(n, (p.has(part.SKUID, warehouse)-used[part.SKUID])/part.Quantity)
		}
		if n <= 0 || len(l.Parts) == 0 {
			continue
		}
		for _, part := range l.Parts {
			used[part.SKUID] += n * part.Quantity
		}
		out, pieces = append(out, LineQty{l.ID, n}), pieces+n
	}
	return out, pieces
}

func (p *planner) wanted() map[id.ID]int64 {
	out := make(map[id.ID]int64, len(p.o.Lines))
	for _, l := range p.o.Lines {
		out[l.ID] += l.Quantity
	}
	return out
}

func (p *planner) weight() int64 {
	var g int64
	for _, l := range p.o.Lines {
		g += l.Quantity * l.WeightGram
	}
	return g
}

// rank lists the candidates of the rule, the best first, with a trace of all.
func (p *planner) rank(d *Decision) []Warehouse {
	var in []Warehouse
	if len(d.Action.WarehouseIDs) == 0 {
		in = slices.Clone(p.all)
	}
	for _, one := range d.Action.WarehouseIDs {
		if at := slices.IndexFunc(p.all, func(w Warehouse) bool { return w.ID == one }); at >= 0 {
			in = append(in, p.all[at])
		}
	}
	score := map[id.ID]int64{}
	fit := slices.DeleteFunc(slices.Clone(in), func(w Warehouse) bool { return !p.ships(w) })
	for i, w := range fit {
		score[w.ID] = p.score(d, w, int64(i))
	}
	slices.SortStableFunc(fit, func(a, b Warehouse) int { return cmp.Compare(score[a.ID], score[b.ID]) })
	for _, w := range fit {
		_, has := p.cover(w.ID, p.wanted())
		c := Candidate{WarehouseID: w.ID, Name: w.Name, Score: score[w.ID], Has: has, Reason: Later}
		if has < d.Trace.Wanted {
			c.Reason = Short
		}
		d.Trace.Candidates = append(d.Trace.Candidates, c)
	}
	for _, w := range in {
		switch {
		case !w.Active:
			d.Trace.Candidates = append(d.Trace.Candidates, Candidate{WarehouseID: w.ID, Name: w.Name, Reason: Inactive})
		case !w.area(p.o.Province, p.o.City).Served:
			d.Trace.Candidates = append(d.Trace.Candidates, Candidate{WarehouseID: w.ID, Name: w.Name, Reason: NotServed})
		case p.refused(w):
			d.Trace.Candidates = append(d.Trace.Candidates, Candidate{WarehouseID: w.ID, Name: w.Name, Reason: Refused})
		}
	}
	return fit
}

// ships: the warehouse is in use, serves the place, and its supplier did not say no.
func (p *planner) ships(w Warehouse) bool {
	return w.Active && w.area(p.o.Province, p.o.City).Served && !p.refused(w)
}

func (p *planner) refused(w Warehouse) bool {
	return w.SupplierID != 0 && slices.Contains(p.o.Refused, w.SupplierID)
}

// score is what the strategy compares.
func (p *planner) score(d *Decision, w Warehouse, place int64) int64 {
	a := w.area(p.o.Province, p.o.City)
	switch d.Action.Strategy {
	case ByRegion:
		return a.Preference
	case ByDistance:
		if a.DistanceKM == 0 {
			return math.MaxInt32 // unknown is far
		}
		return a.DistanceKM
	case ByCost:
		return a.freight(p.weight())
	case ByStock:
		var n int64
		for _, l := range p.o.Lines {
			for _, part := range l.Parts {
				n -= p.has(part.SKUID, w.ID)
			}
		}
		return n
	}
	return place
}

// choose finds who ships: one warehouse with everything, else as the policy says.
func (p *planner) choose(d *Decision, ranked []Warehouse) []Share {
	if one := p.whole(ranked, d.Trace.Wanted); one != nil || d.Trace.Wanted == 0 {
		return one
	}
	switch d.Action.Shortage {
	case ShortMove:
		var rest []Warehouse
		for _, w := range p.all {
			if p.ships(w) {
				rest = append(rest, w)
			}
		}
		one := p.whole(rest, d.Trace.Wanted)
		if one != nil {
			p.mention(d, one[0].WarehouseID)
		}
		return one
	case ShortSplit, ShortPartial:
		if d.Action.Strategy == ByFewestSplits {
			if s := p.fewest(ranked, d.Trace.Wanted); s != nil {
				return s
			}
		}
		shares, got := p.spread(ranked)
		if got == d.Trace.Wanted || d.Action.Shortage == ShortPartial {
			return shares
		}
	}
	return nil
}

// mention adds a warehouse that the rule does not name to the trace: it has all of it.
func (p *planner) mention(d *Decision, warehouse id.ID) {
	if slices.ContainsFunc(d.Trace.Candidates, func(c Candidate) bool { return c.WarehouseID == warehouse }) {
		return
	}
	at := slices.IndexFunc(p.all, func(w Warehouse) bool { return w.ID == warehouse })
	d.Trace.Candidates = append(d.Trace.Candidates, Candidate{WarehouseID: warehouse, Name: p.all[at].Name, Has: d.Trace.Wanted})
}

// stands leaves an order where somebody put it, while it holds all of itself there.
func (p *planner) stands(d *Decision) []Share {
	at := slices.IndexFunc(p.all, func(w Warehouse) bool { return w.ID == p.o.Stands && w.Active })
	if at < 0 {
		return nil
	}
	own := planner{o: p.o, free: Stock{}, all: p.all}
	one := own.whole(p.all[at:at+1], d.Trace.Wanted)
	if one != nil {
		p.mention(d, p.o.Stands)
	}
	return one
}

func (p *planner) whole(ranked []Warehouse, wanted int64) []Share {
	for _, w := range ranked {
		if lines, n := p.cover(w.ID, p.wanted()); n > 0 && n == wanted {
			return []Share{{w.ID, lines}}
		}
	}
	return nil
}

// spread takes from the warehouses in their order whatever is still wanted.
func (p *planner) spread(ranked []Warehouse) (out []Share, got int64) {
	want := p.wanted()
	for _, w := range ranked {
		lines, n := p.cover(w.ID, want)
		if n == 0 {
			continue
		}
		for _, l := range lines {
			want[l.LineID] -= l.Quantity
		}
		out, got = append(out, Share{w.ID, lines}), got+n
	}
	return out, got
}

// maxSubset bounds the search for the fewest warehouses: 2¹⁰ sets are tried.
const maxSubset = 10

// fewest finds the smallest set of warehouses that together has everything; of equal
// ones the better ranked. nil when there is none.
func (p *planner) fewest(ranked []Warehouse, wanted int64) []Share {
	n := min(len(ranked), maxSubset)
	for size := 2; size <= n; size++ {
		for set := uint(1); set < 1<<n; set++ {
			if bits.OnesCount(set) != size {
				continue
			}
			var some []Warehouse
			for i := range n {
				if set&(1<<i) != 0 {
					some = append(some, ranked[i])
				}
			}
			if shares, got := p.spread(some); got == wanted {
				return shares
			}
		}
	}
	return nil
}

// book takes what was decided off the free stock: what the order holds elsewhere is
// given back first.
func (p *planner) book(shares []Share) {
	if len(shares) == 0 {
		return
	}
	for sku, by := range p.o.Held {
		for w, n := range by {
			p.free.Add(sku, w, n)
		}
	}
	p.o.Held = nil
	for _, s := range shares {
		for _, q := range s.Lines {
			for _, l := range p.o.Lines {
				if l.ID != q.LineID {
					continue
				}
				for _, part := range l.Parts {
					p.free.Add(part.SKUID, s.WarehouseID, -q.Quantity*part.Quantity)
				}
			}
		}
	}
}
