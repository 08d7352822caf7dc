package routing

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// urges is the consumer that serves an order before others because its buyer urges on the
// channel (催发货), or was promised that it ships first. What one of us made more urgent
// stays so; what is made normal again afterwards stays normal.
func (s *Service) urges() event.Consumer {
	return event.Consumer{Name: "fulfillment.urges", Names: []string{order.Urged{}.EventName()}, Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
		var ids []id.ID
		for _, e := range events {
			ids = append(ids, e.Of.ID)
		}
		ids = id.Once(ids)
		had, err := s.ship.Rules().UrgenciesTx(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, o := range ids {
			if had[o] >= fulfillment.UrgencyBuyer {
				continue
			}
			if err := s.ship.UrgeTx(ctx, tx, fulfillment.UrgeInput{OrderID: o, Urgency: fulfillment.UrgencyBuyer}); err != nil {
				return err
			}
		}
		return nil
	}}
}
