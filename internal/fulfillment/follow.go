package fulfillment

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// follow is the consumer that keeps fulfillment orders in step with their orders:
// what was cancelled, refunded or disapproved leaves them, and what papers repeat
// gives them another version. GuardTx does not wait for it.
func (s *Service) follow() event.Consumer {
	var names []string
	for _, p := range []event.Payload{order.RefundChanged{}, order.AddressChanged{}, order.LinesChanged{}, order.NoteChanged{}, order.FlagChanged{},
		order.OrderClosed{}, order.ApprovalRevoked{}, order.ChannelStatusChanged{}} {
		names = append(names, p.EventName())
	}
	return event.Consumer{Name: "fulfillment.follow", Names: names, Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
		var ids []id.ID
		for _, e := range events {
			ids = append(ids, e.Of.ID)
		}
		return s.followTx(ctx, tx, ids)
	}}
}

// followTx brings the open fulfillment orders of orders in line with what the orders
// say now. Doing it again changes nothing.
func (s *Service) followTx(ctx context.Context, tx *db.Tx, orderIDs []id.ID) error {
	orderIDs = slices.Compact(slices.Sorted(slices.Values(orderIDs)))
	orders, err := s.orders.LockTx(ctx, tx, orderIDs)
	if err != nil {
		return err
	}
	w := &world{merchant: actor.Merchant(ctx), now: clock.Millis(s.k.Clock), open: map[id.ID][]openOrder{}}
	if err := w.readOpen(ctx, tx, orderIDs); err != nil {
		return err
	}
	var b paper
	var touched []id.ID
	for _, o := range orders {
		for _, f := range w.open[o.ID] {
			touched = append(touched, f.id)
		}
		b.shrinkTo(w, &o)
	}
	if len(touched) == 0 {
		return nil
	}
	if err := b.write(ctx, tx, s.k.Events); err != nil {
		return err
	}
	return s.refreshTx(ctx, tx, touched, b.shrunk)
}

// shrinkTo takes from an order's fulfillment orders what the order no longer wants
// shipped: from those that nobody works on first, the youngest first.
func (b *paper) shrinkTo(w *world, o *order.Order) {
	open := slices.Clone(w.open[o.ID])
	slices.SortStableFunc(open, func(x, y openOrder) int {
		switch {
		case (x.sealed == "") != (y.sealed == "") && x.sealed == "":
			return -1
		case (x.sealed == "") != (y.sealed == ""):
			return 1
		case x.id > y.id:
			return -1
		}
		return 1
	})
	want := map[id.ID]int64{}
	for _, l := range o.Lines {
		if o.ClosedAt == 0 && o.ApprovedAt != 0 {
			want[l.ID] = max(0, l.Allocated-l.Shipped)
		}
	}
	over := map[id.ID]int64{}
	for _, f := range open {
		for line, n := range f.left {
			over[line] += n
		}
	}
	for line := range over {
		over[line] -= want[line]
	}
	for _, f := range open {
		for line, left := range f.left {
			if n := min(left, over[line]); n > 0 {
				over[line] -= n
				b.stmts = append(b.stmts, db.Stmt{SQL: shrinkAllocation, Want: 1, Args: []any{n, w.merchant, f.id, line}})
				b.shrunk = append(b.shrunk, f.id)
			}
		}
	}
}

// refreshTx writes what follows from the lines and orders of open fulfillment orders,
// when it is not what they say. Their version goes up where papers would say something
// else; who is urged keeps number, label and basket. Those that hold nothing any more end. Several orders in one of which one lost goods (shrunk) wait for a person.
func (s *Service) refreshTx(ctx context.Context, tx *db.Tx, ids, shrunk []id.ID) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	all, err := s.readOrdersTx(ctx, tx, m, ids)
	if err != nil {
		return err
	}
	var orders []id.ID
	for i := range all {
		orders = append(orders, all[i].OrderIDs()...)
	}
	heard, err := s.listen(ctx, tx, orders, false)
	if err != nil {
		return err
	}
	urgent, err := s.urgencies(ctx, tx, heard.list())
	if err != nil {
		return err
	}
	var b paper
	for i := range all {
		f := &all[i]
		if f.State != StateOpen {
			continue
		}
		was := *f
		f.Lines = slices.DeleteFunc(slices.Clone(f.Lines), func(l FulfillmentLine) bool { return l.Quantity == 0 })
		if slices.Contains(shrunk, f.ID) && was.OrderCount > 1 {
			f.Hold = HoldMergedChanged
		}
		switch left := slices.ContainsFunc(f.Lines, func(l FulfillmentLine) bool { return l.Left() > 0 }); {
		case !left && f.shipped():
			f.State = StateShipped
		case !left:
			f.State = StateCancelled
		}
		same := heard.unchanged(f)
		heard.derive(f, urgent)
		if same {
			f.content = was.content
		}
		if !f.sameAs(&was) {
			b.refresh(m, now, f, &was, len(f.Lines) < len(was.Lines) && len(f.Lines) > 0)
		}
	}
	return b.write(ctx, tx, s.k.Events)
}

// RefreshTx brings fulfillment orders in line with their lines and orders: whoever moved
// lines between them calls it.
func (s *Service) RefreshTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	return s.refreshTx(ctx, tx, ids, nil)
}

// sameAs compares what refreshTx writes, samePapers what of it changes the version.
func (f *FulfillmentOrder) sameAs(o *FulfillmentOrder) bool {
	return f.samePapers(o) && f.Urgency == o.Urgency && f.ShipByAt == o.ShipByAt && f.PresaleAt == o.PresaleAt && f.ReceiverGroup == o.ReceiverGroup
}

func (f *FulfillmentOrder) samePapers(o *FulfillmentOrder) bool {
	return f.State == o.State && f.OrderCount == o.OrderCount && f.Hold == o.Hold && f.content == o.content
}

func (b *paper) refresh(m id.ID, now int64, f, was *FulfillmentOrder, drop bool) {
	if !f.samePapers(was) {
		f.Version++
	}
	b.stmts = append(b.stmts, db.Stmt{SQL: refreshOrder, Want: 1, Args: []any{string(f.State), f.OrderCount, f.Urgency, f.ShipByAt, f.PresaleAt,
		f.ReceiverGroup, f.Hold, f.content, now, f.Version, m, f.ID, was.Version, was.Urgency, was.ShipByAt, was.PresaleAt, was.ReceiverGroup}})
	if drop {
		b.stmts = append(b.stmts, db.Stmt{SQL: dropAllocations, Want: -1, Args: []any{m, f.ID}})
	}
	b.events = append(b.events, event.Appended{Of: event.Of{Aggregate: "fulfillment_order", ID: f.ID, Version: f.Version},
		Payload: OrderChanged{FulfillmentOrderID: f.ID, State: f.State, Version: f.Version, Sealed: f.Sealed, Hold: f.Hold}})
}

// readOrdersTx reads fulfillment orders whoever acts.
func (s *Service) readOrdersTx(ctx context.Context, q db.Querier, m id.ID, ids []id.ID) ([]FulfillmentOrder, error) {
	var out []FulfillmentOrder
	for part := range slices.Chunk(ids, lookupChunk) {
		found, err := readOrders(ctx, q, selectOrders(len(part)), idArgs(m, part)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, readAllocations(ctx, q, m, out)
}

// list is every order that was heard.
func (w *said) list() []order.Order {
	out := make([]order.Order, 0, len(w.orders))
	for _, o := range w.orders {
		out = append(out, *o)
	}
	return out
}
