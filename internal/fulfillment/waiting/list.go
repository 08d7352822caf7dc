package waiting

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order"
)

// Wait is an order that waits for goods (等货). Instants are unix milliseconds.
type Wait struct {
	OrderID    id.ID
	Order      order.Order // head and lines
	Urgency    int64
	ShipByAt   int64 // 0 where no deadline is known
	SinceAt    int64
	Missing    []Part
	Agreement  // what was agreed, if anything
	AskBuyer   bool
	PromisedAt int64
}

// Agreement is what a person agreed with the buyer.
type Agreement struct {
	Agreed       string // "" while nothing was
	Note         string
	By           id.ID
	At           int64
	ReplaceSKUID id.ID
}

// SKU is a SKU for which orders wait.
type SKU struct {
	ID        id.ID
	Code      string
	Name      string
	ImageURL  string
	Orders    int64
	Pieces    int64 // they lack
	OnHand    int64 // of every warehouse
	Free      int64 // of it, below zero where more is promised than is there
	Short     int64 // pieces that no free one is there for
	OldestAt  int64 // since when the oldest waits
	ShipByAt  int64 // the next deadline, 0 where none is known
	Urgent    int64 // orders
	Overdue   int64
	ToAsk     int64 // whose buyers are to be asked
	Unsettled int64 // for which nothing was agreed
}

// Count is how many orders wait.
type Count struct{ Orders, Overdue, ToAsk int64 }

// Count counts who waits in the actor's shops. Permission fulfillment.read.
func (s *Service) Count(ctx context.Context) (Count, error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return Count{}, err
	}
	shops, some, err := inScope(ctx, nil)
	if err != nil || !some {
		return Count{}, err
	}
	m := actor.Merchant(ctx)
	args := []any{clock.Millis(s.k.Clock), m, m, m, m}
	for _, one := range shops {
		args = append(args, one)
	}
	var c Count
	err = s.k.DB.QueryRow(ctx, countOf(len(shops)), args...).Scan(&c.Orders, &c.Overdue, &c.ToAsk)
	return c, err
}

// SKUs lists the SKUs for which orders wait: those with the next deadline first.
// Permission fulfillment.read.
//
// Errors: page.ErrCursor, ErrBadOutcome.
func (s *Service) SKUs(ctx context.Context, f Filter, cursor string, limit int) ([]SKU, string, error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return nil, "", err
	}
	all, err := s.missing(ctx, s.k.DB, f)
	if err != nil {
		return nil, "", err
	}
	wanted, err := s.named(ctx, s.k.DB, all, f)
	if err != nil {
		return nil, "", err
	}
	list := sum(all, wanted, clock.Millis(s.k.Clock))
	some, next, err := page.Slice(list, cursor, limit, func(k SKU) []int64 { return []int64{due(k.ShipByAt), int64(k.ID)} }, slices.Compare)
	if err != nil {
		return nil, "", err
	}
	return some, next, s.describe(ctx, s.k.DB, some)
}

// sum adds up what orders lack by SKU.
func sum(all []*lack, wanted map[id.ID]bool, now int64) []SKU {
	at := map[id.ID]*SKU{}
	for _, l := range all {
		var seen []id.ID
		for _, p := range l.parts {
			if wanted != nil && !wanted[p.SKUID] {
				continue
			}
			k := at[p.SKUID]
			if k == nil {
				k = &SKU{ID: p.SKUID, OldestAt: l.since, ShipByAt: l.shipByAt}
				at[p.SKUID] = k
			}
			if k.Pieces += p.Pieces; !slices.Contains(seen, p.SKUID) {
				seen = append(seen, p.SKUID)
				k.count(l, now)
			}
		}
	}
	out := make([]SKU, 0, len(at))
	for _, k := range at {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(a, b SKU) int {
		return cmp.Or(cmp.Compare(due(a.ShipByAt), due(b.ShipByAt)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// count adds one order.
func (k *SKU) count(l *lack, now int64) {
	k.Orders++
	k.OldestAt = min(k.OldestAt, l.since)
	if due(l.shipByAt) < due(k.ShipByAt) {
		k.ShipByAt = l.shipByAt
	}
	if l.urgency > 0 {
		k.Urgent++
	}
	if l.shipByAt > 0 && l.shipByAt < now {
		k.Overdue++
	}
	if l.agreed == "" {
		k.Unsettled++
		if l.ask {
			k.ToAsk++
		}
	}
}

// describe fills in what the SKUs are called and what is there of them.
func (s *Service) describe(ctx context.Context, q db.Querier, some []SKU) error {
	ids := make([]id.ID, len(some))
	at := make(map[id.ID]*SKU, len(some))
	for i := range some {
		ids[i], at[some[i].ID] = some[i].ID, &some[i]
	}
	skus, err := s.catalog.SKUsTx(ctx, q, ids)
	if err != nil {
		return err
	}
	err = eachChunk(ids, func(part []id.ID) error {
		return db.Read(ctx, q, selectStock(len(part)), idArgs(ctx, part), func(r *db.Row) {
			k := at[id.ID(r.Int())]
			k.OnHand, k.Free = r.Int(), r.Int()
		})
	})
	for i := range some {
		k, known := &some[i], skus[some[i].ID]
		k.Code, k.Name, k.ImageURL = known.Code, title(known), known.ImageURL
		k.Short = max(0, k.Pieces-max(0, k.Free))
	}
	return err
}

func eachChunk(ids []id.ID, f func([]id.ID) error) error {
	for part := range slices.Chunk(ids, lookupChunk) {
		if err := f(db.Pad(part)); err != nil {
			return err
		}
	}
	return nil
}

// List lists the orders that wait for goods in the order in which they are served.
// Permission fulfillment.read.
//
// Errors: page.ErrCursor, ErrBadOutcome.
func (s *Service) List(ctx context.Context, f Filter, cursor string, limit int) ([]Wait, string, error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return nil, "", err
	}
	all, err := s.missing(ctx, s.k.DB, f)
	if err != nil {
		return nil, "", err
	}
	some, next, err := page.Slice(all, cursor, limit, func(l *lack) []int64 { return []int64{-l.urgency, due(l.shipByAt), int64(l.order)} }, slices.Compare)
	if err != nil {
		return nil, "", err
	}
	out, err := s.waits(ctx, s.k.DB, some)
	return out, next, err
}

// waits fills in what the orders say and what was agreed.
func (s *Service) waits(ctx context.Context, q db.Querier, some []*lack) ([]Wait, error) {
	ids := make([]id.ID, len(some))
	at := make(map[id.ID]*Wait, len(some))
	out := make([]Wait, len(some))
	for i, l := range some {
		ids[i], at[l.order] = l.order, &out[i]
		out[i] = Wait{OrderID: l.order, Urgency: l.urgency, ShipByAt: l.shipByAt, SinceAt: l.since, Missing: l.parts, AskBuyer: l.ask && l.agreed == ""}
	}
	orders, err := s.orders.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for i := range orders {
		at[orders[i].ID].Order = orders[i]
	}
	err = eachChunk(ids, func(part []id.ID) error {
		return db.Read(ctx, q, selectAgreed(len(part)), idArgs(ctx, part), func(r *db.Row) {
			w := at[id.ID(r.Int())]
			r.Int()
			w.Agreement = Agreement{Agreed: r.Text(), Note: r.Text(), By: id.ID(r.Int()), At: r.Int()}
			w.PromisedAt, w.ReplaceSKUID = r.Int(), id.ID(r.Int())
		})
	})
	// An order that left between the two readings is none that waits.
	return slices.DeleteFunc(out, func(w Wait) bool { return w.Order.ID == 0 || w.Order.State == order.Closed }), err
}
