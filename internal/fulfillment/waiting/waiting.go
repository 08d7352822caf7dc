package waiting

import (
	"context"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
)

// lookupChunk is how many ids one statement names.
const lookupChunk = 256

// Service keeps who waits for goods.
type Service struct {
	k       *kit.Kit
	catalog *catalog.Service
	orders  *order.Service
	ships   *fulfillment.Service
}

// New wires the capability, its job and its consumers.
func New(k *kit.Kit, cat *catalog.Service, orders *order.Service, ships *fulfillment.Service) *Service {
	s := &Service{k, cat, orders, ships}
	k.Jobs.Register(serveJob, job.Handler{Run: s.serve})
	k.Runner.Add(s.arrivals())
	k.Runner.Add(s.ended())
	return s
}

// ended is the consumer that forgets who waits no more: what was closed, refunded,
// given to a warehouse by a person, or shipped from elsewhere.
func (s *Service) ended() event.Consumer {
	var names []string
	for _, p := range []event.Payload{fulfillment.OrderAllocated{}, order.OrderClosed{}, order.RefundChanged{}, order.LinesChanged{},
		order.ChannelStatusChanged{}, order.StockReserved{}, order.ShippedHere{}} {
		names = append(names, p.EventName())
	}
	return event.Consumer{Name: "fulfillment.waiting", Names: names, Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
		ids := make([]id.ID, len(events))
		for i, e := range events {
			ids[i] = e.Of.ID
		}
		return eachChunk(ids, func(part []id.ID) error {
			_, err := tx.Exec(ctx, endWaiting(len(part)), idArgs(ctx, part)...)
			return err
		})
	}}
}

// idArgs are the merchant and ids, as arguments.
func idArgs(ctx context.Context, ids []id.ID) []any {
	out := make([]any, 0, len(ids)+1)
	out = append(out, actor.Merchant(ctx))
	for _, i := range ids {
		out = append(out, i)
	}
	return out
}
