package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/order/tally"
)

// count adds one order's contribution, sign +1 or −1; see doc.go for the buckets.
func count(c tally.Counts, o *Order, sign int64) {
	put := func(bucket string, day, fen int64) {
		c.Add(tally.Cell{Shop: o.ShopID, Bucket: bucket, Day: day}, sign, sign*fen)
	}
	var fen int64
	if o.Amounts.BuyerPaid != nil {
		fen = int64(*o.Amounts.BuyerPaid)
	}
	put("placed", day(o.PlacedAt), fen)
	if paid := paidDay(o); paid != 0 {
		put("paid", day(paid), fen)
	}
	if o.ApprovedAt != 0 {
		put("approved", day(o.ApprovedAt), 0)
	}
	if o.ShippedAt != 0 {
		put("shipped", day(o.ShippedAt), fen)
	}
	if o.Archived {
		put("archived", 0, 0)
		return
	}
	put("all", 0, 0)
	work := o.State <= PartlyShipped
	switch {
	case !work || !o.History:
		put(o.State.String(), 0, 0)
	case o.State >= AwaitingApproval:
		put("adoptable", 0, 0)
	}
	if o.Problem {
		put("problem", 0, 0)
	}
	if o.InAftersale {
		put("in_aftersale", 0, 0)
	}
	if o.Unread && !o.History {
		put("unread", 0, 0)
	}
}

// paidDay is the instant under which an order's money counts: when it was paid,
// else when it was placed; 0 while nothing was paid.
func paidDay(o *Order) int64 {
	switch {
	case o.PaidAt != 0:
		return o.PaidAt
	case paymentProgress[o.Payment] >= paymentProgress[Paid]:
		return o.PlacedAt
	}
	return 0
}

// FoldCounts adds appended deltas to the counters' base, for the acting
// merchant, and reports how many it folded. It is run again and again by a
// periodic job; readers add base and deltas, so its timing changes no answer.
func (s *Service) FoldCounts(ctx context.Context) (int64, error) {
	return tally.Fold(ctx, s.kit.DB, actor.Merchant(ctx))
}
