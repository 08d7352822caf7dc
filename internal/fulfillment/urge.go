package fulfillment

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// How urgent an order is: the higher goes first, then the earlier deadline.
const (
	UrgencyNone   int64 = 0
	UrgencyBuyer  int64 = 10 // the buyer urges (催发货)
	UrgencyPerson int64 = 20 // one of us says so (加急)
)

// UrgeInput raises or lowers an order's urgency.
type UrgeInput struct {
	OrderID id.ID  `json:"order_id"`
	Urgency int64  `json:"urgency"`
	Note    string `json:"note,omitempty"`
}

// Urge (催发货、加急) has an order allocated, put into waves and printed before others,
// now and when it is allocated later; UrgencyNone takes that back. Permission
// fulfillment.allocate.
//
// Errors: order.ErrNotFound, order.ErrTooLong, ErrBadUrgency.
func (s *Service) Urge(ctx context.Context, in UrgeInput) (UrgeInput, error) {
	if err := actor.Require(ctx, PermitAllocate); err != nil {
		return in, err
	}
	about := &command.About{Action: "fulfillment.urge", Object: "order/" + in.OrderID.String(), Detail: map[string]any{"urgency": in.Urgency}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (UrgeInput, error) {
		return in, s.UrgeTx(ctx, tx, in)
	})
}

// UrgeTx is Urge inside the caller's transaction.
func (s *Service) UrgeTx(ctx context.Context, tx *db.Tx, in UrgeInput) error {
	switch {
	case !slices.Contains([]int64{UrgencyNone, UrgencyBuyer, UrgencyPerson}, in.Urgency):
		return ErrBadUrgency.At("urgency")
	case utf8.RuneCountInString(in.Note) > 500:
		return order.ErrTooLong.With("max", 500).At("note")
	}
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	found, err := s.orders.LockTx(ctx, tx, []id.ID{in.OrderID})
	if err == nil && len(found) == 0 {
		err = order.ErrNotFound
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, putUrge, a.MerchantID, in.OrderID, in.Urgency, in.Note, a.ID, clock.Millis(s.k.Clock)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, urgeWaiting, in.Urgency, a.MerchantID, in.OrderID); err != nil {
		return err
	}
	open, err := s.openOf(ctx, tx, []id.ID{in.OrderID})
	if err != nil {
		return err
	}
	return s.refreshTx(ctx, tx, open, nil)
}

// openOf lists the open fulfillment orders of orders.
func (s *Service) openOf(ctx context.Context, q db.Querier, orders []id.ID) ([]id.ID, error) {
	w := &world{merchant: actor.Merchant(ctx), open: map[id.ID][]openOrder{}}
	if err := w.readOpen(ctx, q, orders); err != nil {
		return nil, err
	}
	var out []id.ID
	for _, open := range w.open {
		for _, f := range open {
			out = append(out, f.id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// urgencies reads how urgent orders are; a normal one is absent.
func (s *Service) urgencies(ctx context.Context, q db.Querier, orders []order.Order) (map[id.ID]int64, error) {
	ids := make([]id.ID, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	return s.rules.UrgenciesTx(ctx, q, ids)
}
