package view

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// A list is answered by walking one index in the order of the sort and keeping
// the rows that pass. Equalities that the index begins with become branches
// (one short ordered scan each, merged); what is left is tested row by row. So
// that a rare combination cannot read the whole table, the walk goes through
// slices of time that grow, and stops when its budget is used.

// plan is a filter turned into SQL.
type plan struct {
	sortColumn string // placed_at, paid_at or ship_by_at
	descending bool
	branches   []cond // alternatives; each begins an index together with sortColumn
	rest       []cond // tested on every row of every branch
	// index is the one the walk follows. SQLite keeps no statistics and would guess.
	index   string
	hinted  bool
	lower   int64 // bounds of sortColumn: lower inclusive, upper exclusive; 0 none
	upper   int64
	ids     []cursor // when set, the only candidates, newest first: a key or a token named them
	byIDs   bool
	part    bool // of a longer list
	nothing bool // a condition that no order can meet
	undated bool // only those that wait for shipment and have no deadline
	// truncated is the place from which on ids are complete, where a name or a title
	// has more orders; nil where they are all.
	truncated *cursor
}

// cond is one SQL condition over order_head h.
type cond struct {
	sql  string
	args []any
}

// Conditions that almost every row meets: a walk that tests only these is short.
const (
	notArchived = "h.archived = 0"
	notHistory  = "h.history = 0"
)

// maxBranches bounds the statement; more shops than this are tested row by row.
const maxBranches = 64

// newPlan turns a clean filter into a plan for the acting merchant. k is how many
// orders a name or a title need list at first.
func (s *Service) newPlan(ctx context.Context, q db.Querier, f Filter, sort Sort, after *cursor, k int) (*plan, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	l, err := s.look(ctx, q, a, f)
	if err != nil {
		return nil, err
	}
	return s.planOf(ctx, f, l, sort, after, k, false)
}

// looked is what a filter needs looked up, once for all of its plans.
type looked struct {
	names  names
	groups []group
}

func (s *Service) look(ctx context.Context, q db.Querier, a actor.Actor, f Filter) (l looked, err error) {
	if l.names, err = s.names(ctx, q, a.MerchantID); err != nil {
		return l, err
	}
	l.groups, err = s.groups(ctx, q, a, f)
	return l, err
}

// planOf is newPlan for what was looked up before. With walk, what is costly to
// list is tested where the walk is short: a page of it is found sooner.
func (s *Service) planOf(ctx context.Context, f Filter, l looked, sort Sort, after *cursor, k int, walk bool) (*plan, error) {
	p := &plan{hinted: s.k.DB.Dialect == db.SQLite}
	if len(f.Numbers) > 0 {
		f.Tab = anyTab // who pastes numbers wants all of these, archived or not
	}
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if f.AmountMin+f.AmountMax > 0 {
		if err := actor.Require(ctx, "field.money"); err != nil {
			return nil, err
		}
	}
	if err := p.order(f, sort); err != nil {
		return nil, err
	}
	shops, most := l.names.shopsOf(a, f)
	if shops != nil && len(shops) == 0 {
		p.nothing = true
		return p, nil
	}
	states := p.tab(f)
	p.branch(shops, states, most, f)
	p.timeRange(f, s.now())
	p.columns(f)
	before := cursor{At: forever}
	if p.upper > 0 && p.sortColumn == "placed_at" {
		before.At = p.upper
	}
	if after != nil && p.descending && p.sortColumn == "placed_at" {
		before = slices.MinFunc([]cursor{before, *after}, cursor.compare)
	}
	if err := p.drive(ctx, l.groups, before, k, s.most, walk); err != nil {
		return nil, err
	}
	if p.byIDs && len(p.branches) > 0 {
		// The ids drive; the branches are only tested.
		var sql []string
		var args []any
		for _, b := range p.branches {
			sql, args = append(sql, "("+b.sql+")"), append(args, b.args...)
		}
		p.rest = append(p.rest, cond{"(" + strings.Join(sql, " OR ") + ")", args})
		p.branches = nil
	}
	return p, nil
}

// order picks the index that the walk follows.
func (p *plan) order(f Filter, sort Sort) error {
	switch sort {
	case "":
		p.sortColumn, p.descending = "placed_at", true
		switch {
		case f.TimeKind == "paid" && (f.From > 0 || f.To > 0):
			p.sortColumn = "paid_at"
		case f.Overdue || f.DueWithin > 0:
			p.sortColumn, p.descending = "ship_by_at", false
		}
	case SortPlacedDesc:
		p.sortColumn, p.descending = "placed_at", true
	case SortPlacedAsc:
		p.sortColumn = "placed_at"
	case SortPaidDesc:
		p.sortColumn, p.descending = "paid_at", true
	case SortShipByAsc:
		p.sortColumn = "ship_by_at"
	case sortUndated:
		p.sortColumn, p.undated = "placed_at", true
	default:
		return ErrBadFilter.With("field", "sort").At("sort")
	}
	return nil
}

// shopsOf is the shops the answer may hold, or nil for all: the filter's shops
// and channels within the actor's scope. most tells that they are many of them all,
// so that testing the shop of each row costs less than a scan for each shop.
func (n names) shopsOf(a actor.Actor, f Filter) (out []id.ID, most bool) {
	scope, scoped := a.Scoped("shop")
	if !scoped && len(f.ShopIDs.List) == 0 && len(f.Channels) == 0 {
		return nil, false
	}
	out = []id.ID{}
	for shop, channel := range n.channels {
		if scoped && !slices.Contains(scope, shop) ||
			len(f.ShopIDs.List) > 0 && !slices.Contains(f.ShopIDs.List, shop) ||
			len(f.Channels) > 0 && !slices.Contains(f.Channels, channel) {
			continue
		}
		out = append(out, shop)
	}
	slices.Sort(out)
	return out, len(out) > 3 && 2*len(out) >= len(n.channels)
}

// tab adds the tab's own condition and returns the displayed states it allows,
// nil for any.
func (p *plan) tab(f Filter) (states []int64) {
	switch f.Tab {
	case anyTab:
	case TabArchived:
		p.rest = append(p.rest, cond{sql: "h.archived = 1"})
	default:
		p.rest = append(p.rest, cond{sql: notArchived})
	}
	switch st, ok := order.ParseState(string(f.Tab)); {
	case ok:
		states = []int64{int64(st)}
		if st <= order.PartlyShipped {
			p.rest = append(p.rest, cond{sql: notHistory}) // history is not work
		}
	case f.Tab == TabInAftersale:
		p.rest = append(p.rest, cond{sql: "h.in_aftersale = 1"})
	case f.Tab == TabProblem:
		p.rest = append(p.rest, cond{sql: "h.problem = 1"})
	case f.Tab == TabAdoptable:
		p.rest = append(p.rest, cond{sql: "h.history = 1"}, cond{sql: "h.state IN (20, 30, 40)"})
		states = []int64{int64(order.AwaitingApproval), int64(order.AwaitingShipment), int64(order.PartlyShipped)}
	}
	if len(f.States) > 0 {
		want := []int64{}
		for _, n := range f.States {
			st, _ := order.ParseState(n)
			if states == nil || slices.Contains(states, int64(st)) {
				want = append(want, int64(st))
			}
		}
		states = want
	}
	if p.undated {
		p.rest = append(p.rest, cond{sql: "h.ship_by_at = 0"})
	}
	if f.Overdue || f.DueWithin > 0 || p.undated {
		waiting := []int64{int64(order.AwaitingShipment), int64(order.PartlyShipped)}
		if states != nil {
			waiting = slices.DeleteFunc(waiting, func(w int64) bool { return !slices.Contains(states, w) })
		}
		states = waiting
	}
	p.nothing = states != nil && len(states) == 0
	return states
}

// branch chooses the index, and the equalities it begins with.
func (p *plan) branch(shops []id.ID, states []int64, most bool, f Filter) {
	byShop := shops != nil && !most && len(shops)*max(len(states), 1) <= maxBranches
	switch flagged := flagIndex(f); {
	case p.sortColumn == "ship_by_at":
		// Its index covers the two states that wait for shipment.
		p.index = "order_head_due"
		p.rest = append(p.rest, cond{sql: "h.state IN (30, 40)"}, cond{sql: "h.ship_by_at > 0"})
	case p.sortColumn == "paid_at":
		p.index = "order_head_paid"
	case flagged != "":
		p.index = flagged
	case len(f.Flags) > 0 && !slices.Contains(f.Flags, 0):
		p.index = "order_head_flag"
		for _, v := range f.Flags {
			p.branches = append(p.branches, cond{sql: "h.flag > 0 AND h.flag = ?", args: []any{v}})
		}
	case byShop && states == nil:
		p.index = "order_head_shop_placed"
		for _, sh := range shops {
			p.branches = append(p.branches, cond{sql: "h.shop_id = ?", args: []any{sh}})
		}
		shops = nil
	case byShop:
		p.index = "order_head_shop"
		for _, sh := range shops {
			for _, st := range states {
				p.branches = append(p.branches, cond{sql: "h.shop_id = ? AND h.state = ?", args: []any{sh, st}})
			}
		}
		shops, states = nil, nil
	case states != nil:
		p.index = "order_head_state"
		for _, st := range states {
			p.branches = append(p.branches, cond{sql: "h.state = ?", args: []any{st}})
		}
		states = nil
	default:
		p.index = "order_head_placed"
	}
	p.rest = append(append(p.rest, in("h.shop_id", shops)...), in("h.state", states)...)
	if p.index != "order_head_flag" {
		p.rest = append(p.rest, in("h.flag", nilIfEmpty(f.Flags))...)
	}
}

// flagIndex is the short index of what the filter asks for, where there is one.
func flagIndex(f Filter) string {
	switch {
	case f.Tab == TabArchived:
		return "order_head_archived"
	case f.Tab == TabAdoptable:
		return "order_head_adoptable"
	case f.Tab == TabProblem || len(f.Holds) > 0:
		return "order_head_problem"
	case f.Tab == TabInAftersale:
		return "order_head_aftersale"
	}
	return ""
}

func in[T any](column string, values []T) []cond {
	if values == nil {
		return nil
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return []cond{{sql: column + " IN " + db.In(len(values)), args: args}}
}

// timeRange turns the filter's instants into bounds of the walk where the walk
// follows that column, and into a condition where it does not.
func (p *plan) timeRange(f Filter, now int64) {
	column := timeColumns[f.TimeKind]
	if column == p.sortColumn {
		p.lower, p.upper = int64(f.From), int64(f.To)
	} else {
		if f.From > 0 {
			p.rest = append(p.rest, cond{"h." + column + " >= ?", []any{int64(f.From)}})
		}
		if f.To > 0 {
			p.rest = append(p.rest, cond{"h." + column + " < ?", []any{int64(f.To)}})
		}
		if f.From > 0 || f.To > 0 {
			p.rest = append(p.rest, cond{sql: "h." + column + " > 0"})
		}
		if f.To > 0 && p.sortColumn == "placed_at" && column != "ship_by_at" {
			p.upper = int64(f.To) // nothing is paid, shipped or completed before it is placed
		}
	}
	if p.sortColumn == "paid_at" {
		p.lower = max(p.lower, 1)
	}
	if f.Overdue || f.DueWithin > 0 {
		limit := now
		if f.DueWithin > 0 {
			limit += f.DueWithin * int64(time.Hour/time.Millisecond)
		}
		p.rest = append(p.rest, cond{sql: "h.state IN (30, 40)"}, cond{sql: notHistory}, cond{"h.ship_by_at > 0 AND h.ship_by_at < ?", []any{limit}})
		if f.DueWithin > 0 && !f.Overdue {
			p.rest = append(p.rest, cond{"h.ship_by_at >= ?", []any{now}})
		}
		if p.sortColumn == "ship_by_at" && (p.upper == 0 || p.upper > limit) {
			p.upper = limit
		}
	}
}

// columns adds the conditions on columns of order_head itself.
func (p *plan) columns(f Filter) {
	p.rest = append(p.rest, in("h.payment_method", nilIfEmpty(f.PaymentMethod))...)
	p.rest = append(p.rest, in("h.order_type", nilIfEmpty(f.OrderTypes))...)
	p.rest = append(p.rest, in("h.warehouse_id", nilIfEmpty(f.Warehouses.List))...)
	p.rest = append(p.rest, in("h.carrier", nilIfEmpty(f.Carriers))...)
	if f.AmountMin > 0 {
		p.rest = append(p.rest, cond{"h.buyer_paid_fen >= ?", []any{f.AmountMin}})
	}
	if f.AmountMax > 0 {
		p.rest = append(p.rest, cond{"h.buyer_paid_fen <= ?", []any{f.AmountMax}})
	}
	if f.Unread {
		p.rest = append(p.rest, cond{sql: "h.unread = 1"})
	}
	if f.Note != "" {
		like := contains(f.Note)
		p.rest = append(p.rest, cond{`(LOWER(h.buyer_note) LIKE CAST(? AS TEXT) ESCAPE '\' OR LOWER(h.seller_note) LIKE CAST(? AS TEXT) ESCAPE '\')`, []any{like, like}})
	}
	if len(f.Tags) > 0 {
		c := in("t.tag", f.Tags)[0]
		p.rest = append(p.rest, cond{existsTag(c.sql), c.args})
	}
	if len(f.Holds) > 0 {
		c := in("o.kind", f.Holds)[0]
		p.rest = append(p.rest, cond{sql: "h.problem = 1"}, cond{existsHold(c.sql), c.args})
	}
}

func nilIfEmpty[T any](v []T) []T {
	if len(v) == 0 {
		return nil
	}
	return v
}

// contains is the pattern of a text within a column that is folded to lower case
// in ASCII, as both engines do alike.
func contains(s string) string {
	return "%" + db.LikeText(strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)) + "%"
}
