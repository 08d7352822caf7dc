package routing

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
)

// RunInput names the orders that are allocated by the rules, again where they were.
type RunInput struct {
	Scope    string  `json:"scope,omitempty"`
	OrderIDs []id.ID `json:"order_ids,omitempty"` // instead of a scope
}

// Run allocates orders by the saved rules in a job (重新分配): what is sealed or merged
// stays, what finds no goods waits for them. Permission fulfillment.allocate.
//
// Errors: ErrBadScope, ErrNothing, order.ErrTooMany.
func (s *Service) Run(ctx context.Context, in RunInput) (job.Job, error) {
	if err := actor.Require(ctx, fulfillment.PermitAllocate); err != nil {
		return job.Job{}, err
	}
	if len(in.OrderIDs) == 0 && in.Scope != Unallocated && in.Scope != Open {
		return job.Job{}, ErrBadScope.At("scope")
	}
	about := &command.About{Action: "fulfillment.reallocate"}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		ids := in.OrderIDs
		if len(ids) == 0 {
			var err error
			if ids, err = s.candidates(ctx, tx, in.Scope, fulfillment.MaxBulk+1); err != nil {
				return 0, err
			}
		}
		switch {
		case len(ids) == 0:
			return 0, ErrNothing
		case len(ids) > fulfillment.MaxBulk:
			return 0, order.ErrTooMany.With("max", fulfillment.MaxBulk)
		}
		about.Detail = map[string]any{"scope": in.Scope, "orders": len(ids)}
		spec := fulfillment.Routing(ids)
		spec.Visible = true
		return s.k.Jobs.EnqueueTx(ctx, tx, spec)
	})
	if err != nil {
		return job.Job{}, err
	}
	return s.k.Jobs.Get(ctx, made)
}

// approvals is the consumer that allocates orders as soon as they may ship, where the
// merchant wants that. Orders without goods are put with those that wait for them.
func (s *Service) approvals() event.Consumer {
	names := []string{order.Created{}.EventName(), order.Approved{}.EventName(), order.Released{}.EventName()}
	return event.Consumer{Name: "fulfillment.approvals", Names: names, Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
		on, err := s.setting.Bool(ctx, actor.Merchant(ctx), AfterApproval)
		if err != nil || !on {
			return err
		}
		var ids []id.ID
		for _, e := range events {
			var made order.Created
			if e.Name == made.EventName() {
				if err := json.Unmarshal(e.Body, &made); err != nil {
					return err
				}
				if !made.Approved {
					continue
				}
			}
			if !slices.Contains(ids, e.Of.ID) {
				ids = append(ids, e.Of.ID)
			}
		}
		if ids, err = s.unserved(ctx, tx, ids); err != nil || len(ids) == 0 {
			return err
		}
		_, err = s.k.Jobs.EnqueueTx(ctx, tx, fulfillment.Routing(ids))
		return err
	}}
}

// unserved are the orders that may be allocated and of which nobody ships all.
func (s *Service) unserved(ctx context.Context, q db.Querier, ids []id.ID) (out []id.ID, err error) {
	orders, err := s.orders.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if o.Allows(order.ActAllocate) && slices.ContainsFunc(o.Lines, func(l order.OrderLine) bool { return l.Ordered-l.Cancelled > l.Allocated }) {
			out = append(out, o.ID)
		}
	}
	return out, nil
}
