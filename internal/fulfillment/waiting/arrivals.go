package waiting

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// serveJob gives out goods that have become free.
const serveJob = "fulfillment.serve_waiting"

// serveBatch is how many orders one transaction serves.
const serveBatch = 100

// arrivals is the consumer that has goods given out as soon as some are free. Everybody
// stands in one queue, whatever warehouse the goods are in and whether the order is
// approved: payment makes the claim, approval does not.
func (s *Service) arrivals() event.Consumer {
	return event.Consumer{Name: "fulfillment.arrivals", Names: []string{inventory.StockFreed{}.EventName()}, Handle: func(ctx context.Context, tx *db.Tx, _ []event.Event) error {
		m := actor.Merchant(ctx)
		anybody, err := db.Column[id.ID](ctx, tx, selectAnybody, m, m)
		if err != nil || len(anybody) == 0 {
			return err
		}
		_, err = s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: serveJob, GroupKey: "fulfillment.ship", UniqueKey: serveJob, Coalesce: true})
		return err
	}}
}

// place is where an order stands in the queue: the urgent first, then those due first.
type place struct {
	Urgency int64 `json:"urgency"`
	DueAt   int64 `json:"due_at"`
	Order   id.ID `json:"order"`
}

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(o.Urgency, p.Urgency), cmp.Compare(p.DueAt, o.DueAt), cmp.Compare(p.Order, o.Order))
}

// queue is who waits for something that is free somewhere, in their turn.
func queue(ctx context.Context, q db.Querier) ([]place, error) {
	m := actor.Merchant(ctx)
	var out []place
	err := db.Read(ctx, q, selectQueue, []any{m, m, m, m, m}, func(r *db.Row) {
		out = append(out, place{Order: id.ID(r.Int()), Urgency: r.Int(), DueAt: due(r.Int())})
	})
	slices.SortFunc(out, place.compare)
	return out, err
}

// serve goes through the queue once. What a killed run has served is behind it.
func (s *Service) serve(ctx context.Context, r *job.Run) error {
	all, err := queue(ctx, s.k.DB)
	if err != nil {
		return err
	}
	if c := r.Checkpoint(); c != "" {
		var last place
		if err := json.Unmarshal([]byte(c), &last); err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(p place) bool { return p.compare(last) <= 0 })
	}
	for part := range slices.Chunk(all, serveBatch) {
		c, err := json.Marshal(part[len(part)-1])
		if err != nil {
			return err
		}
		err = r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			n := int64(len(part))
			return job.Step{Checkpoint: string(c), Done: n, OK: n}, s.serveTx(ctx, tx, part)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// serveTx serves orders in their turn, as long as something is free that they can use. Those
// that were routed in vain are routed again; the others have their goods reserved, from which
// approval and allocation go on.
func (s *Service) serveTx(ctx context.Context, tx *db.Tx, part []place) error {
	ids := make([]id.ID, len(part))
	for i, p := range part {
		ids[i] = p.Order
	}
	servable, refund, routed := map[id.ID]bool{}, map[id.ID]bool{}, map[id.ID]bool{}
	err := eachChunk(ids, func(part []id.ID) error {
		err := db.Read(ctx, tx, selectServable(len(part)), idArgs(ctx, part), func(r *db.Row) { servable[id.ID(r.Int())] = true })
		if err != nil {
			return err
		}
		return db.Read(ctx, tx, selectRouted(len(part)), idArgs(ctx, part), func(r *db.Row) {
			o := id.ID(r.Int())
			refund[o], routed[o] = r.Int() == 1, r.Int() == 1
		})
	})
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(o id.ID) bool { return refund[o] || !servable[o] })
	if len(ids) == 0 {
		return nil
	}
	able, err := s.prospectsOf(ctx, tx, ids, routed)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(o id.ID) bool { return able.from[o] == nil })
	for _, alike := range groups(ids, routed, able.competing()) {
		if err := s.orders.RetryShortTx(ctx, tx, alike); err != nil {
			return err
		}
		if routed[alike[0]] {
			if err := s.ships.RouteTx(ctx, tx, alike); err != nil {
				return err
			}
		}
	}
	return nil
}

// groups cuts orders into those served together. The two kinds are different work, so those
// who compete are served in turn, neighbours of one kind together, and the rest of a kind
// all at once.
func groups(ids []id.ID, routed, compete map[id.ID]bool) (out [][]id.ID) {
	var rest [2][]id.ID
	for _, o := range ids {
		n := len(out)
		switch {
		case !compete[o] && routed[o]:
			rest[0] = append(rest[0], o)
		case !compete[o]:
			rest[1] = append(rest[1], o)
		case n > 0 && routed[out[n-1][0]] == routed[o]:
			out[n-1] = append(out[n-1], o)
		default:
			out = append(out, []id.ID{o})
		}
	}
	return slices.DeleteFunc(append(out, rest[:]...), func(g []id.ID) bool { return len(g) == 0 })
}
