package obstacle

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
)

// Kinds of jobs.
const (
	JobJudge = "obstacle.judge" // orders that something happened to
	JobSweep = "obstacle.sweep" // what time changes
)

// page bounds one transaction, in orders.
const page = 200

// kinds are all that this package opens and ends.
var kinds = []hold.Kind{hold.MergedChanged, hold.WaybillFailed, hold.CarrierUnset, hold.CarrierUnreachable, hold.CarrierSuspended}

// Choices tells which account fulfillment orders would take and why none; those that
// nobody may see are left out.
type Choices func(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]choose.Choice, error)

// Service judges orders.
type Service struct {
	k       *kit.Kit
	orders  *order.Service
	choices Choices
}

// New registers the consumer and the jobs.
func New(k *kit.Kit, orders *order.Service, choices Choices) *Service {
	s := &Service{k: k, orders: orders, choices: choices}
	k.Jobs.Register(JobJudge, job.Handler{Run: s.runJudge})
	k.Jobs.Periodic(JobSweep, time.Minute, func(ctx context.Context, _ *job.Run) error { return s.Sweep(ctx) })
	k.Runner.Add(event.Consumer{Name: "fulfillment.obstacle", Names: names(
		fulfillment.OrderAllocated{}, fulfillment.OrderChanged{}, fulfillment.OrdersEdited{}, fulfillment.ParcelShipped{},
		waybill.NumberFailed{}, waybill.NumberIssued{}, waybill.NumberCancelled{},
		account.Changed{}, account.Refused{}, account.Restored{}, choose.RegionSuspended{}, choose.RegionResumed{}), Handle: s.hear})
	return s
}

func names(all ...event.Payload) []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.EventName()
	}
	return out
}

// told is what any of the events may say.
type told struct {
	OrderID            id.ID   `json:"order_id"`
	FulfillmentOrderID id.ID   `json:"fulfillment_order_id"`
	FulfillmentID      id.ID   `json:"fulfillment_id"`
	Before             []id.ID `json:"before"`
	After              []id.ID `json:"after"`
}

type judgeJob struct {
	Orders       []id.ID `json:"orders,omitempty"`
	Fulfillments []id.ID `json:"fulfillments,omitempty"`
	// Held: the orders that bear a carrier's hold, because accounts changed. Open: every
	// order with something to ship, because a suspension began.
	Held bool `json:"held,omitempty"`
	Open bool `json:"open,omitempty"`
}

// hear has the orders of the events judged, in a job.
func (s *Service) hear(ctx context.Context, tx *db.Tx, events []event.Event) error {
	var p judgeJob
	for _, e := range events {
		var t told
		if err := json.Unmarshal(e.Body, &t); err != nil {
			return err
		}
		switch {
		case t.OrderID != 0:
			p.Orders = append(p.Orders, t.OrderID)
		case t.FulfillmentOrderID+t.FulfillmentID != 0:
			p.Fulfillments = append(p.Fulfillments, t.FulfillmentOrderID+t.FulfillmentID)
		case len(t.Before)+len(t.After) > 0:
			p.Fulfillments = append(append(p.Fulfillments, t.Before...), t.After...)
		case e.Name == (choose.RegionSuspended{}).EventName():
			p.Open = true
		default:
			p.Held = true
		}
	}
	p.Orders, p.Fulfillments = slices.Compact(slices.Sorted(slices.Values(p.Orders))), slices.Compact(slices.Sorted(slices.Values(p.Fulfillments)))
	_, err := s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobJudge, Payload: p, GroupKey: JobJudge})
	return err
}

func (s *Service) runJudge(ctx context.Context, r *job.Run) error {
	var p judgeJob
	if err := r.Payload(&p); err != nil {
		return err
	}
	if p.Held {
		if err := s.Sweep(ctx); err != nil {
			return err
		}
	}
	if p.Open {
		if err := s.judgeOpen(ctx); err != nil {
			return err
		}
	}
	orders := p.Orders
	for part := range slices.Chunk(p.Fulfillments, page) {
		of, err := s.ids(ctx, selectOrdersOf(len(db.Pad(part))), args(ctx, part)...)
		if err != nil {
			return err
		}
		orders = append(orders, of...)
	}
	return s.Judge(ctx, slices.Compact(slices.Sorted(slices.Values(orders))))
}

// Judge opens and ends the holds of orders, a page a transaction.
func (s *Service) Judge(ctx context.Context, orderIDs []id.ID) error {
	for part := range slices.Chunk(orderIDs, page) {
		if err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.JudgeTx(ctx, tx, part) }); err != nil {
			return err
		}
	}
	return nil
}

// judgeOpen judges every order with something to ship.
func (s *Service) judgeOpen(ctx context.Context) error {
	for after := id.ID(0); ; {
		open, err := s.ids(ctx, selectOpenAfter, actor.Merchant(ctx), after, page)
		if err != nil || len(open) == 0 {
			return err
		}
		of, err := s.ids(ctx, selectOrdersOf(len(db.Pad(open))), args(ctx, open)...)
		if err == nil {
			err = s.Judge(ctx, of)
		}
		if err != nil {
			return err
		}
		after = open[len(open)-1]
	}
}

// Sweep judges the orders that bear a carrier's hold: a suspension may have ended.
func (s *Service) Sweep(ctx context.Context) error {
	for _, k := range []hold.Kind{hold.CarrierUnset, hold.CarrierUnreachable, hold.CarrierSuspended} {
		for after := id.ID(0); ; {
			held, err := s.ids(ctx, selectHeldAfter, actor.Merchant(ctx), string(k), after, page)
			if err != nil {
				return err
			}
			if len(held) == 0 {
				break
			}
			if err := s.Judge(ctx, held); err != nil {
				return err
			}
			after = held[len(held)-1]
		}
	}
	return nil
}

func (s *Service) ids(ctx context.Context, text string, a ...any) (out []id.ID, err error) {
	err = db.Read(ctx, s.k.DB, text, a, func(r *db.Row) { out = append(out, id.ID(r.Int())) })
	return out, err
}
