package issue

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/choose"
)

// maxTried bounds a try.
const maxTried = 50

// Tried is which carrier one open fulfillment order would get.
type Tried struct {
	Named
	Region     choose.Region
	WeightGram int64
	Choice     choose.Choice
	// Before is what the rules choose as they are saved; the same as Choice where nothing
	// was tried.
	Before choose.Choice
	// Err is why it may not go on for now, whatever the carrier.
	Err *errs.Error
}

// Try tells which carrier the newest open fulfillment orders would get (试运行), by the
// rules as they are or, with a draft, as they would be. It asks for nothing and saves
// nothing. Permissions logistics.read and fulfillment.read.
//
// Errors: those of choose.Snapshot.With.
func (s *Service) Try(ctx context.Context, draft *choose.PutRuleInput) ([]Tried, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return nil, err
	}
	snap, err := s.choices.Load(ctx, s.k.DB)
	if err != nil {
		return nil, err
	}
	then := snap
	if draft != nil {
		if then, err = snap.With(*draft); err != nil {
			return nil, err
		}
	}
	all, _, err := s.fulfillments.List(ctx, fulfillment.OrderFilter{State: fulfillment.StateOpen, Kind: fulfillment.KindExpress, Limit: maxTried})
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	parcels, err := s.look(ctx, s.k.DB, ids)
	if err != nil {
		return nil, err
	}
	var out []Tried
	for _, one := range ids {
		p := parcels[one]
		if p.f == nil || len(p.orders) == 0 {
			continue
		}
		f := p.facts(s.k.Clock.Now().UnixMilli(), 1)
		out = append(out, Tried{Named: p.named(), Region: f.Region, WeightGram: f.WeightGram, Choice: choose.Choose(f, then), Before: choose.Choose(f, snap), Err: p.err})
	}
	return out, nil
}

// Named is a fulfillment order by what people call it.
type Named struct {
	FulfillmentOrderID id.ID
	ShopID             id.ID
	// Version is that of its content as it stands.
	Version int64
	Orders  []OrderName
}

// OrderName is an order and its channel's number for it.
type OrderName struct {
	ID id.ID
	No string
}

func (p *parcel) named() Named {
	n := Named{FulfillmentOrderID: p.f.ID, ShopID: p.f.ShopID, Version: p.f.Version}
	for _, o := range p.orders {
		n.Orders = append(n.Orders, OrderName{o.ID, o.ChannelOrderNo})
	}
	return n
}

// Names tells what people call fulfillment orders. Those that do not exist, or are
// outside the actor's scope, are left out.
func (s *Service) Names(ctx context.Context, ids []id.ID) (map[id.ID]Named, error) {
	q := s.k.DB
	all, err := s.fulfillments.LoadTx(ctx, q, distinct(ids))
	if err != nil {
		return nil, err
	}
	var orderIDs []id.ID
	for i := range all {
		orderIDs = append(orderIDs, all[i].OrderIDs()...)
	}
	found, err := s.orders.LoadTx(ctx, q, distinct(orderIDs))
	if err != nil {
		return nil, err
	}
	nos := make(map[id.ID]string, len(found))
	for i := range found {
		nos[found[i].ID] = found[i].ChannelOrderNo
	}
	out := make(map[id.ID]Named, len(all))
	for i := range all {
		n := Named{FulfillmentOrderID: all[i].ID, ShopID: all[i].ShopID, Version: all[i].Version}
		for _, one := range all[i].OrderIDs() {
			n.Orders = append(n.Orders, OrderName{one, nos[one]})
		}
		out[all[i].ID] = n
	}
	return out, nil
}
