package suggest

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Group is fulfillment orders that can be merged. Instants are unix milliseconds.
type Group struct {
	Members  []Member
	ShipByAt int64 // the earliest, 0 where none is known
	ReadyAt  int64 // until when further orders of the receiver are waited for
	Ready    bool  // nothing is waited for any more
	// Apart go to the same receiver, and may not travel with the others now.
	Apart []Apart
}

// Member is one of them.
type Member struct {
	fulfillment.FulfillmentOrder
	OrderNos []string // the channels'
	Receiver string   // masked
	Place    string   // province, city and district
	Pieces   int64
}

// Apart is one that goes to the same receiver, and why it is left out.
type Apart struct {
	Member
	Why *errs.Error
}

// Service finds what could travel together.
type Service struct {
	k       *kit.Kit
	ship    *fulfillment.Service
	orders  *order.Service
	shops   *shop.Service
	grouper Grouper
}

const (
	// most is how many groups one answer or job looks at.
	most = 2000
	// JobMerge merges many groups.
	JobMerge = "suggest.merge"
	jobAsk   = "suggest.ask"
	askEvery = 5 * time.Minute
)

// New wires the capability and registers its jobs. Without a grouper no channel is asked.
func New(k *kit.Kit, ship *fulfillment.Service, orders *order.Service, shops *shop.Service, g Grouper) *Service {
	s := &Service{k: k, ship: ship, orders: orders, shops: shops, grouper: g}
	k.Jobs.Register(JobMerge, job.Handler{Run: s.runMerge, Retry: retryMerge, Undo: s.undoMerge, Undoable: undoable})
	k.Jobs.Periodic(jobAsk, askEvery, s.runAsk)
	return s
}

// List lists groups of fulfillment orders that can be merged now, those due first; more
// says that there may be others beyond limit. Permission fulfillment.read.
func (s *Service) List(ctx context.Context, limit int) (all []Group, more bool, err error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return nil, false, err
	}
	if all, err = s.groups(ctx, s.k.DB); err != nil {
		return nil, false, err
	}
	more = len(all) > limit
	return all[:min(limit, len(all))], more, nil
}

// groups finds what MergeTx would merge.
func (s *Service) groups(ctx context.Context, q db.Querier) ([]Group, error) {
	m := actor.Merchant(ctx)
	var tokens []int64
	if err := db.Read(ctx, q, selectGroups, []any{m, int64(math.MinInt64), most}, func(r *db.Row) { tokens = append(tokens, r.Int()) }); err != nil {
		return nil, err
	}
	var ids []id.ID
	for part := range slices.Chunk(tokens, 200) {
		part = db.Pad(part)
		args := []any{m}
		for _, t := range part {
			args = append(args, t)
		}
		if err := db.Read(ctx, q, selectMembers(len(part)), args, func(r *db.Row) { ids = append(ids, id.ID(r.Int())) }); err != nil {
			return nil, err
		}
	}
	return s.gather(ctx, q, ids)
}

// gather groups fulfillment orders by whom they go to and what the policy and the guard
// say. The ones due first come first.
func (s *Service) gather(ctx context.Context, q db.Querier, ids []id.ID) ([]Group, error) {
	members, err := s.members(ctx, q, ids)
	if err != nil || len(members) == 0 {
		return nil, err
	}
	checks := make([]fulfillment.Check, len(members))
	for i := range members {
		checks[i] = fulfillment.Check{ID: members[i].ID}
	}
	refused, err := s.ship.GuardEachTx(ctx, q, checks)
	if err != nil {
		return nil, err
	}
	meet, wait, err := s.ship.MeetTx(ctx, q)
	if err != nil {
		return nil, err
	}
	at := map[int64][]int{}
	var tokens []int64
	for i, x := range members {
		if at[x.ReceiverGroup] == nil {
			tokens = append(tokens, x.ReceiverGroup)
		}
		at[x.ReceiverGroup] = append(at[x.ReceiverGroup], i)
	}
	var out []Group
	for _, t := range tokens {
		out = append(out, split(members, refused, at[t], meet, wait)...)
	}
	for i := range out {
		out[i].Ready = out[i].ReadyAt <= s.now()
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(due(a.ShipByAt), due(b.ShipByAt)), cmp.Compare(a.Members[0].ID, b.Members[0].ID))
	})
	return out, nil
}

// split makes groups of those of one receiver: what meets travels together. The largest
// group tells of those that are left over.
func split(members []Member, refused []error, at []int, meet func(a, b *fulfillment.FulfillmentOrder) error, wait int64) []Group {
	var out []Group
	var apart []Apart
	for _, i := range at {
		x := members[i]
		if refused[i] != nil {
			apart = append(apart, Apart{x, errs.As(refused[i])})
			continue
		}
		to := slices.IndexFunc(out, func(g Group) bool { return meet(&g.Members[0].FulfillmentOrder, &x.FulfillmentOrder) == nil })
		if to < 0 {
			out, to = append(out, Group{}), len(out)
		}
		g := &out[to]
		g.Members = append(g.Members, x)
		g.ReadyAt = max(g.ReadyAt, x.CreatedAt+wait)
		if x.ShipByAt != 0 && (g.ShipByAt == 0 || x.ShipByAt < g.ShipByAt) {
			g.ShipByAt = x.ShipByAt
		}
	}
	slices.SortStableFunc(out, func(a, b Group) int { return cmp.Compare(len(b.Members), len(a.Members)) })
	if len(out) == 0 || len(out[0].Members) < 2 {
		return nil
	}
	for i := 1; i < len(out); i++ {
		if len(out[i].Members) == 1 {
			x := out[i].Members[0]
			apart = append(apart, Apart{x, errs.As(meet(&out[0].Members[0].FulfillmentOrder, &x.FulfillmentOrder))})
		}
	}
	out = slices.DeleteFunc(out, func(g Group) bool { return len(g.Members) < 2 })
	out[0].Apart = apart
	return out
}

func due(at int64) int64 {
	if at == 0 {
		return math.MaxInt64
	}
	return at
}

// members reads fulfillment orders with what people know them by.
func (s *Service) members(ctx context.Context, q db.Querier, ids []id.ID) ([]Member, error) {
	all, err := s.ship.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var orderIDs []id.ID
	for i := range all {
		orderIDs = append(orderIDs, all[i].OrderIDs()...)
	}
	found, err := s.orders.LoadTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(orderIDs))))
	if err != nil {
		return nil, err
	}
	by := make(map[id.ID]*order.Order, len(found))
	for i := range found {
		by[found[i].ID] = &found[i]
	}
	out := make([]Member, 0, len(all))
	for _, f := range all {
		x := Member{FulfillmentOrder: f}
		for _, one := range f.OrderIDs() {
			o := by[one]
			if o == nil {
				continue
			}
			x.OrderNos = append(x.OrderNos, o.ChannelOrderNo)
			x.Receiver, x.Place = cmp.Or(x.Receiver, o.ReceiverMasked), cmp.Or(x.Place, o.Province+o.City+o.District)
		}
		for _, l := range f.Lines {
			x.Pieces += l.Left()
		}
		if len(x.OrderNos) > 0 { // else in a shop that is not the actor's to see
			out = append(out, x)
		}
	}
	return out, nil
}

// Candidates lists what goes to the receiver of a fulfillment order and is open: those
// that could be merged with it, and why the others could not. Permission
// fulfillment.read.
//
// Errors: fulfillment.ErrNoOrder.
func (s *Service) Candidates(ctx context.Context, one id.ID) (fit []Member, apart []Apart, err error) {
	f, err := s.ship.Get(ctx, one)
	if err != nil || f.ReceiverGroup == 0 {
		return nil, nil, err
	}
	all, _, err := s.ship.List(ctx, fulfillment.OrderFilter{State: fulfillment.StateOpen, Group: f.ReceiverGroup, Limit: 100})
	if err != nil {
		return nil, nil, err
	}
	var ids []id.ID
	var checks []fulfillment.Check
	for _, x := range all {
		if x.ID != one {
			ids = append(ids, x.ID)
		}
	}
	members, err := s.members(ctx, s.k.DB, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range members {
		checks = append(checks, fulfillment.Check{ID: x.ID})
	}
	refused, err := s.ship.GuardEachTx(ctx, s.k.DB, checks)
	if err != nil {
		return nil, nil, err
	}
	meet, _, err := s.ship.MeetTx(ctx, s.k.DB)
	if err != nil {
		return nil, nil, err
	}
	for i, x := range members {
		why := refused[i]
		if why == nil {
			why = meet(&f, &x.FulfillmentOrder)
		}
		if why == nil && x.Sealed != "" {
			why = fulfillment.ErrSealed
		}
		if why != nil {
			apart = append(apart, Apart{x, errs.As(why)})
			continue
		}
		fit = append(fit, x)
	}
	return fit, apart, nil
}

func (s *Service) now() int64 { return clock.Millis(s.k.Clock) }
