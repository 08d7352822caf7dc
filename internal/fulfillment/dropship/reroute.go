package dropship

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// refusals is the consumer that has what a supplier refused allocated by the rules again
// (拒单后重新分仓). The supplier stays out of it, so that an order is offered at most
// once to each, and rests where it is when nobody is left.
func (s *Service) refusals() event.Consumer {
	return event.Consumer{Name: "dropship.refusals", Names: []string{Moved{}.EventName()}, Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
		var refused []id.ID
		for _, e := range events {
			var moved Moved
			if err := json.Unmarshal(e.Body, &moved); err != nil {
				return err
			}
			if moved.State == Refused {
				refused = append(refused, e.Of.ID)
			}
		}
		if len(refused) == 0 {
			return nil
		}
		open, err := s.fulfillments.LoadTx(ctx, tx, slices.Compact(slices.Sorted(slices.Values(refused))))
		if err != nil {
			return err
		}
		had, err := readStates(ctx, tx, refused)
		if err != nil {
			return err
		}
		var orders []id.ID
		for _, f := range open {
			// Sent to somebody else meanwhile, or moved by a person: it goes its own way.
			if was := had[f.ID]; f.State == stateOpen && f.Sealed == "" && f.SupplierID == was.supplier && was.state == Refused {
				orders = append(orders, f.OrderIDs()...)
			}
		}
		if len(orders) == 0 {
			return nil
		}
		slices.Sort(orders)
		_, err = s.k.Jobs.EnqueueTx(ctx, tx, fulfillment.Routing(slices.Compact(orders)))
		return err
	}}
}
