package view

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// countCap is where an exact count ends: above it the screen shows 10,000+.
const countCap = 10000

// countBudget bounds all counters of one answer together.
const countBudget = 250 * time.Millisecond

// Count is one tab's counter. Known is false where the time did not suffice; the
// screen then shows a dash, never a guess.
type Count struct {
	N     int64 `json:"n"`
	Exact bool  `json:"exact"`
	Known bool  `json:"known"`
}

// Counts are the tab counters for a filter (its own tab does not matter).
//
// With no filter, or only shops and channels, they come from the roll-up and are
// exact. Else they are exact up to 10,000.
func (s *Service) Counts(ctx context.Context, f Filter) (map[Tab]Count, error) {
	f, err := f.clean()
	if err != nil {
		return nil, err
	}
	if f.narrowOnlyByShop() {
		return s.rollup(ctx, f)
	}
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if f, _, err = s.sealed(ctx, a, f); err != nil {
		return nil, err
	}
	l, err := s.look(ctx, s.k.DB, a, f)
	if err != nil {
		return nil, err
	}
	deadline, cancel := context.WithTimeout(ctx, s.counting)
	defer cancel()
	g := f
	g.Tab = anyTab
	p, err := s.planOf(ctx, g, l, "", nil, s.most, false)
	if err != nil {
		return nil, err
	}
	if p.byIDs || p.nothing {
		out, err := s.tallies(deadline, p, a.MerchantID)
		if all := out[TabAll]; err == nil && len(f.Numbers) > 0 { // found archived or not
			all.N += out[TabArchived].N
			out[TabAll] = all
		}
		return out, err
	}
	out := map[Tab]Count{}
	for _, t := range Tabs {
		g.Tab = t
		p, err := s.planOf(ctx, g, l, "", nil, s.most, false)
		if err != nil {
			return nil, err
		}
		if p.nothing {
			out[t] = Count{Exact: true, Known: true}
			continue
		}
		n, err := s.count(deadline, p, a.MerchantID)
		switch {
		case err == nil:
			out[t] = Count{N: min(n, countCap), Exact: n <= countCap && p.truncated == nil, Known: true}
		case ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || deadline.Err() != nil):
			out[t] = Count{}
		default:
			return nil, err
		}
	}
	return out, nil
}

// tallies counts a list of candidates into the tabs, in one reading.
func (s *Service) tallies(ctx context.Context, p *plan, m id.ID) (map[Tab]Count, error) {
	out := map[Tab]Count{}
	for _, t := range Tabs {
		out[t] = Count{Exact: p.truncated == nil, Known: true}
	}
	if p.nothing {
		return out, nil
	}
	for part := range slices.Chunk(p.ids, maxInList) {
		one := *p
		one.ids = part
		q, args := one.tally(m)
		if err := s.tallyInto(ctx, out, q, args); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) tallyInto(ctx context.Context, out map[Tab]Count, q string, args []any) error {
	for row := range db.Each(ctx, s.k.DB, q, args...) {
		var k kindOfOrder
		var n int64
		if err := row.Scan(&k.state, &k.history, &k.archived, &k.problem, &k.aftersale, &n); err != nil {
			return err
		}
		for _, t := range Tabs {
			if c := out[t]; k.in(t) {
				c.N += n
				out[t] = c
			}
		}
	}
	return nil
}

// kindOfOrder is what tabs look at; plan.tab says the same in SQL.
type kindOfOrder struct {
	state                                 order.State
	history, archived, problem, aftersale bool
}

func (k kindOfOrder) in(t Tab) bool {
	if k.archived || t == TabArchived {
		return k.archived && t == TabArchived
	}
	work := k.state <= order.PartlyShipped
	switch t {
	case TabAll:
		return true
	case TabInAftersale:
		return k.aftersale
	case TabProblem:
		return k.problem
	case TabAdoptable:
		return k.history && work && k.state >= order.AwaitingApproval
	}
	return string(t) == k.state.String() && (!work || !k.history)
}

func (s *Service) count(ctx context.Context, p *plan, m id.ID) (n int64, err error) {
	if p.byIDs && (len(p.ids) > firstPart || len(p.ids) == 0) {
		got, err := s.sliceOfMany(ctx, p, m, p.lower, p.upper, nil, countCap+1)
		return int64(len(got)), err
	}
	q, args := p.countStatement(m, countCap+1)
	err = s.k.DB.QueryRow(ctx, q, args...).Scan(&n)
	return n, err
}

// rollup adds base and deltas of the counters that writers maintain.
func (s *Service) rollup(ctx context.Context, f Filter) (map[Tab]Count, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx, s.k.DB, a.MerchantID)
	if err != nil {
		return nil, err
	}
	shops, _ := n.shopsOf(a, f)
	out := map[Tab]Count{}
	for _, t := range Tabs {
		out[t] = Count{Exact: true, Known: true}
	}
	if shops != nil && len(shops) == 0 {
		return out, nil
	}
	match, args := shopMatch(shops)
	q := fmt.Sprintf(selectCounts, match)
	all := append(append([]any{a.MerchantID}, args...), append([]any{a.MerchantID}, args...)...)
	for row := range db.Each(ctx, s.k.DB, q, all...) {
		var bucket string
		var n int64
		if err := row.Scan(&bucket, &n); err != nil {
			return nil, err
		}
		if c, ok := out[Tab(bucket)]; ok {
			c.N = n
			out[Tab(bucket)] = c
		}
	}
	return out, nil
}

func shopMatch(shops []id.ID) (string, []any) {
	if shops == nil {
		return "", nil
	}
	c := in("shop_id", shops)[0]
	return "AND " + c.sql, c.args
}
