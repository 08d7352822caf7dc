package view

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/order/hold"
)

// ReasonCount is how many orders of a list wait for one reason.
type ReasonCount struct {
	Kind string `json:"kind"`
	Count
}

// ReviewCounts are the numbers of the review queue: who waits for whom, and why.
type ReviewCounts struct {
	Approval      Count         `json:"approval" doc:"wait for customer service"`
	Finance       Count         `json:"finance" doc:"approved, and wait for finance"`
	Reasons       []ReasonCount `json:"reasons" nullable:"false" doc:"of those that wait for customer service, by kind of hold; an order may have several"`
	ApprovedToday Count         `json:"approved_today"`
}

// ReviewCounts counts the review queue within a filter, whose tab and holds do not
// matter. What the time does not suffice for is not known.
//
// Errors: ErrBadFilter.
func (s *Service) ReviewCounts(ctx context.Context, f Filter) (out ReviewCounts, err error) {
	f.Tab, f.Holds = TabAwaitingApproval, nil
	if f, err = f.clean(); err != nil {
		return out, err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return out, err
	}
	deadline, cancel := context.WithTimeout(ctx, s.counting)
	defer cancel()
	p, err := s.newPlan(ctx, s.k.DB, f, SortPlacedAsc, nil, s.most)
	if err != nil {
		return out, err
	}
	if out.Approval, err = s.within(ctx, deadline, p); err != nil {
		return out, err
	}
	if out.Reasons, err = s.reasons(ctx, deadline, p, out.Approval); err != nil {
		return out, err
	}
	f.Tab, f.Holds = TabProblem, []string{string(hold.Finance)}
	if p, err = s.newPlan(ctx, s.k.DB, f, SortPlacedAsc, nil, s.most); err != nil {
		return out, err
	}
	if out.Finance, err = s.within(ctx, deadline, p); err != nil {
		return out, err
	}
	out.ApprovedToday, err = s.approvedToday(ctx, a, f)
	return out, err
}

// within counts a plan, or says that the time did not suffice.
func (s *Service) within(ctx, deadline context.Context, p *plan) (Count, error) {
	if p.nothing {
		return Count{Exact: true, Known: true}, nil
	}
	n, err := s.count(deadline, p, actor.Merchant(ctx))
	if err != nil && ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || deadline.Err() != nil) {
		return Count{}, nil
	}
	return Count{N: min(n, countCap), Exact: n <= countCap && p.truncated == nil, Known: err == nil}, err
}

// reasons counts the open holds of the orders of a plan by kind. Of more orders than
// are counted, the first ones tell.
func (s *Service) reasons(ctx, deadline context.Context, p *plan, all Count) ([]ReasonCount, error) {
	out := []ReasonCount{}
	if p.nothing || !all.Known || p.byIDs && len(p.ids) > firstPart {
		return out, nil
	}
	m := actor.Merchant(ctx)
	q, args := p.statement(m, p.lower, p.upper, nil, countCap+1)
	rows, err := s.k.DB.Query(deadline, fmt.Sprintf(countReasons, q), append([]any{m}, args...)...)
	for err == nil && rows.Next() {
		c := ReasonCount{Count: Count{Exact: all.Exact, Known: true}}
		if err = rows.Scan(&c.Kind, &c.N); err == nil {
			out = append(out, c)
		}
	}
	if rows != nil {
		if err == nil {
			err = rows.Err()
		}
		rows.Close()
	}
	if err != nil && ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || deadline.Err() != nil) {
		return []ReasonCount{}, nil
	}
	return out, err
}

// approvedToday comes from the roll-up by day, which knows shops and nothing else.
func (s *Service) approvedToday(ctx context.Context, a actor.Actor, f Filter) (Count, error) {
	f.Tab, f.Holds = "", nil
	if !f.narrowOnlyByShop() {
		return Count{}, nil
	}
	n, err := s.names(ctx, s.k.DB, a.MerchantID)
	if err != nil {
		return Count{}, err
	}
	all, err := s.shopNames(ctx, s.k.DB, a.MerchantID)
	if err != nil {
		return Count{}, err
	}
	shops, _ := n.shopsOf(a, f)
	out := Count{Exact: true, Known: true}
	if shops != nil && len(shops) == 0 {
		return out, nil
	}
	tz := ""
	if len(all) > 0 {
		tz = all[0].TimeZone
	}
	match, args := shopMatch(shops)
	half := append([]any{a.MerchantID, dayNo(time.UnixMilli(s.now()).In(zone(tz)))}, args...)
	err = s.k.DB.QueryRow(ctx, fmt.Sprintf(selectApproved, match), append(half[:len(half):len(half)], half...)...).Scan(&out.N)
	return out, err
}
