package reship

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// Draft is what may be made of an order.
type Draft struct {
	Order     order.Order
	FollowUps []FollowUp
	// From is the order that this one was made of, nil for none.
	From  *FollowUp
	Lines []Line
	Cases []aftersale.Case // of the order, the last first
	// NeedsReceiver: the order's receiver is masked or ciphered, a person has to type it.
	NeedsReceiver bool
}

// Line is a line of the origin with what was made of it.
type Line struct {
	order.OrderLine
	Sent      int64 // by reships, shipped or still to ship
	Returning int64 // on its way back for exchanges
	MayReturn int64
	// Net is what was paid for all its pieces, without freight and what was refunded; nil
	// where no source told.
	Net *money.Fen

	Exchanged int64 // sent back or on its way for exchanges so far
}

// worth is what was paid for q more pieces that come back: the pieces of a line add up to
// its whole amount, however they are divided. False where nobody knows.
func (l *Line) worth(q int64) (money.Fen, bool) {
	n := l.Ordered - l.Cancelled
	if l.Net == nil || n <= 0 {
		return 0, false
	}
	all := int64(*l.Net)
	upTo := func(k int64) int64 { return all/n*k + all%n*k/n }
	return money.Fen(upTo(min(n, l.Exchanged+q)) - upTo(min(n, l.Exchanged))), true
}

// Draft says what may be made of an order, and what was. Permission order.read.
//
// Errors: order.ErrNotFound, also for orders the actor may not see.
func (s *Service) Draft(ctx context.Context, orderID id.ID) (Draft, error) {
	if err := actor.Require(ctx, "order.read"); err != nil {
		return Draft{}, err
	}
	return s.draftTx(ctx, s.k.DB, orderID)
}

func (s *Service) draftTx(ctx context.Context, q db.Querier, orderID id.ID) (Draft, error) {
	found, err := s.orders.LoadTx(ctx, q, []id.ID{orderID})
	if err == nil && len(found) == 0 {
		err = order.ErrNotFound
	}
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Order: found[0], NeedsReceiver: found[0].ReceiverKind != receiver.Plain}
	if d.FollowUps, err = s.followUpsTx(ctx, q, selectOf, orderID); err != nil {
		return d, err
	}
	if d.Order.FollowsUp() {
		from, err := s.followUpsTx(ctx, q, selectOwn, orderID)
		if err != nil {
			return d, err
		}
		if len(from) > 0 {
			d.From = &from[0]
		}
	}
	if d.Cases, err = s.cases.OfOrderTx(ctx, q, &d.Order); err != nil {
		return d, err
	}
	for _, l := range d.Order.Lines {
		d.Lines = append(d.Lines, d.line(l))
	}
	return d, nil
}

// line adds up what was made of a line.
func (d *Draft) line(l order.OrderLine) Line {
	out := Line{OrderLine: l, Net: net(&l)}
	for i := range d.FollowUps {
		f := &d.FollowUps[i]
		if f.Kind == order.TypeReship {
			out.Sent += f.sent(l.ID)
		}
		c := d.caseOf(f)
		for _, p := range f.Back {
			if p.OriginLineID != l.ID || c != nil && c.Goods == aftersale.GoodsGivenUp {
				continue
			}
			out.Exchanged += p.Quantity
			if c == nil || c.Goods != aftersale.GoodsReceived {
				out.Returning += p.Quantity
			}
		}
	}
	out.MayReturn = max(0, l.Shipped-l.ReturnedGood-l.ReturnedDefective-out.Returning)
	return out
}

func (d *Draft) caseOf(f *FollowUp) *aftersale.Case {
	if at := slices.IndexFunc(d.Cases, func(c aftersale.Case) bool { return c.ID == f.CaseID }); at >= 0 {
		return &d.Cases[at]
	}
	return nil
}

// net is what was paid for the goods of a line and is not refunded.
func net(l *order.OrderLine) *money.Fen {
	a := &l.Amounts
	if a.BuyerPaid == nil {
		return nil
	}
	out := *a.BuyerPaid
	if a.Freight != nil {
		out -= *a.Freight
	}
	if a.Refund != nil {
		out -= *a.Refund
	}
	out = max(0, out)
	return &out
}

func (d *Draft) find(line id.ID) *Line {
	for i := range d.Lines {
		if d.Lines[i].ID == line {
			return &d.Lines[i]
		}
	}
	return nil
}
