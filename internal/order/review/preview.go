package review

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/logistics/address"
	"github.com/ordercove/ordercove/internal/order"
)

const (
	// tryDays is how far back a rule is tried.
	tryDays = 7
	// tryMost bounds the orders looked at, the newest ones.
	tryMost = 20_000
	// tryBuyers bounds them where each buyer's orders are counted.
	tryBuyers = 2_000
	trySample = 20
	tryPage   = 500
)

// Tried is what a condition would have hit.
type Tried struct {
	Looked int64
	Hits   int64
	Capped bool     // there are more orders than were looked at
	Sample []string // order numbers of hits, the newest first
}

// Try says which orders of the last 7 days a condition would have hit (试运行),
// changing nothing. Permission review.edit.
//
// Errors: those of rule.Compile.
func (s *Service) Try(ctx context.Context, c rule.Condition) (out Tried, err error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return out, err
	}
	compiledRule, err := fields.Compile(c)
	if err != nil {
		return out, err
	}
	p, err := s.engine.policyTx(ctx, s.kit.DB)
	if err != nil {
		return out, err
	}
	look := &compiled{Policy: Policy{Areas: p.Areas}, buyer: asks(c, buyerOrders), classes: asks(c, skuClasses)}
	most := int64(tryMost)
	if look.buyer {
		most = tryBuyers
	}
	now := clock.Millis(s.kit.Clock)
	placed, last := now+1, id.ID(0)
	for out.Looked < most {
		ids, err := db.Column[id.ID](ctx, s.kit.DB, selectRecent, actor.Merchant(ctx), placed, last, now-tryDays*dayMillis, tryPage)
		if err != nil || len(ids) == 0 {
			return out, err
		}
		orders, err := s.orders.LoadTx(ctx, s.kit.DB, ids)
		if err != nil {
			return out, err
		}
		if err := s.tryPart(ctx, look, compiledRule, orders, &out); err != nil {
			return out, err
		}
		if len(ids) < tryPage {
			return out, nil
		}
		last = ids[len(ids)-1]
		if err := s.kit.DB.QueryRow(ctx, selectPlaced, actor.Merchant(ctx), last).Scan(&placed); err != nil {
			return out, err
		}
	}
	out.Capped = true
	return out, nil
}

func (s *Service) tryPart(ctx context.Context, look *compiled, c *rule.Rule[Facts], orders []order.Order, out *Tried) error {
	in := make([]order.Candidate, len(orders))
	for i := range orders {
		in[i].Order = &orders[i]
	}
	r := &round{compiled: look, now: clock.Millis(s.kit.Clock)}
	var err error
	if r.buyers, err = look.buyersOf(ctx, s.kit.DB, in); err != nil {
		return err
	}
	if r.classesOf, err = look.classesIn(ctx, s.kit.DB, in); err != nil {
		return err
	}
	for i := range orders {
		out.Looked++
		f := r.facts(&orders[i])
		if !c.Match(&f) {
			continue
		}
		if out.Hits++; len(out.Sample) < trySample {
			out.Sample = append(out.Sample, orders[i].ChannelOrderNo)
		}
	}
	return nil
}

// Judged is how a rule stands to an order.
type Judged struct {
	Name   string
	Action string
	Hit    bool
	Why    []rule.Miss // of a rule that does not hit
}

// Account is the account of a review (审单说明): what would be said of the order now.
type Account struct {
	Faults   []address.Fault
	Rules    []Judged
	Verdict  order.Verdict // what a person waived included
	Messages []Message
}

// Explain tells how the rules see an order now. Permission order.approve.
//
// Errors: order.ErrNotFound.
func (s *Service) Explain(ctx context.Context, orderID id.ID) (out Account, err error) {
	if err := actor.Require(ctx, order.Permission(order.ActApprove)); err != nil {
		return out, err
	}
	c, err := s.candidate(ctx, s.kit.DB, orderID)
	if err != nil {
		return out, err
	}
	p, err := s.engine.policyTx(ctx, s.kit.DB)
	if err != nil {
		return out, err
	}
	r, err := s.engine.roundTx(ctx, s.kit.DB, p, []order.Candidate{c})
	if err != nil {
		return out, err
	}
	f := r.facts(c.Order)
	for i, x := range r.rules {
		if x != nil {
			out.Rules = append(out.Rules, Judged{r.Rules[i].Name, r.Rules[i].Action, x.Match(&f), x.Why(&f)})
		}
	}
	out.Faults, out.Verdict = Faults(c.Receiver), r.verdict(&c)
	out.Messages, err = s.messages(ctx, orderID)
	return out, err
}
