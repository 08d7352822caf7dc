package issue

import (
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// parcel is a fulfillment order with what its orders say. err is why it may not go on.
type parcel struct {
	f      *fulfillment.FulfillmentOrder
	orders []*order.Order
	to     order.Receiver
	skus   map[id.ID]catalog.SKU
	err    *errs.Error
}

// look reads fulfillment orders, their orders and receivers as they stand.
func (s *Service) look(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]*parcel, error) {
	checks := make([]fulfillment.Check, len(ids))
	for i, one := range ids {
		checks[i] = fulfillment.Check{ID: one}
	}
	seen, err := s.fulfillments.SeeTx(ctx, q, checks)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]*parcel, len(ids))
	var skuIDs []id.ID
	for i, one := range seen {
		p := &parcel{f: one.FulfillmentOrder, orders: one.Orders, to: one.Receiver()}
		if one.Err != nil && !errors.Is(one.Err, fulfillment.ErrSuspended) { // another number is the way out
			if p.err = plain(one.Err); p.err == nil {
				return nil, one.Err
			}
		}
		out[ids[i]] = p
		for _, o := range one.Orders {
			for _, l := range o.Lines {
				if l.SKUID != 0 {
					skuIDs = append(skuIDs, l.SKUID)
				}
			}
		}
	}
	if len(skuIDs) == 0 {
		return out, nil
	}
	skus, err := s.catalog.SKUsTx(ctx, q, distinct(skuIDs))
	for _, p := range out {
		p.skus = skus
	}
	return out, err
}

func distinct(ids []id.ID) []id.ID { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// each hands over every line that is still to ship, with how much of it.
func (p *parcel) each(f func(l *order.OrderLine, quantity int64)) { each(p.f, p.orders, f) }

func (p *parcel) weight() int64 { return weight(p.f, p.orders, p.skus) }

// volume is what the goods measure in cubic centimetres, 0 where a SKU's is not known.
func (p *parcel) volume() (ml int64) {
	known := true
	p.each(func(l *order.OrderLine, n int64) {
		v := p.skus[l.SKUID].VolumeML
		if known = known && v != nil; known {
			ml += *v * n
		}
	})
	if !known {
		return 0
	}
	return ml
}

// facts are what the choice of a carrier looks at.
func (p *parcel) facts(now, pieces int64) choose.Facts {
	o := p.orders[0]
	f := choose.Facts{ShopID: p.f.ShopID, WarehouseID: p.f.WarehouseID, Channel: o.Channel, Sealed: p.to.Kind() == receiver.Sealed,
		Region: choose.Region{Province: p.to.Province, City: p.to.City, District: p.to.District}, WeightGram: p.weight(), VolumeML: p.volume(), Pieces: max(pieces, 1), At: now}
	f.Carrier, f.ToDoor = promises(p.orders)
	if p.f.CarrierWish != "" { // a person or a rule of allocation says so, knowing the order
		f.Carrier = p.f.CarrierWish
	}
	for _, one := range p.orders {
		f.Tags = append(f.Tags, one.Tags...)
		if one.Amounts.Goods != nil {
			f.GoodsFen += *one.Amounts.Goods
		}
	}
	f.CollectFen, _ = collect(p.f, p.orders)
	p.each(func(l *order.OrderLine, _ int64) {
		f.SKUCodes = append(f.SKUCodes, l.SKUCode)
		for _, c := range p.skus[l.SKUID].Classes {
			if !slices.Contains(f.Classes, c) {
				f.Classes = append(f.Classes, c)
			}
		}
	})
	return f
}

// Resolve tells the issue engine what parcels hold as they stand: it is the
// waybill.Resolve of the product.
func (s *Service) Resolve(ctx context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
	ids := make([]id.ID, len(all))
	for i, w := range all {
		ids[i] = w.FulfillmentID
	}
	parcels, err := s.look(ctx, s.k.DB, distinct(ids))
	if err != nil {
		return nil, err
	}
	out := make([]waybill.Content, len(all))
	for i, w := range all {
		out[i] = parcels[w.FulfillmentID].content()
	}
	return out, nil
}

func (p *parcel) content() waybill.Content {
	if p.f == nil || len(p.orders) == 0 {
		return waybill.Content{Err: fulfillment.ErrNoOrder}
	}
	to := p.to
	c := waybill.Content{Version: p.f.Version, Request: logistics.Request{WeightGram: p.weight(), VolumeML: p.volume(),
		Receiver: logistics.Party{Name: to.Name, Phone: to.Phone, Province: to.Province, City: to.City, District: to.District, Town: to.Town, Detail: to.Detail, Zip: to.Zip,
			Encrypted: to.Encrypted, GroupKey: to.GroupKey}}}
	for _, o := range p.orders {
		c.Request.Orders = append(c.Request.Orders, o.ChannelOrderNo)
	}
	p.each(func(l *order.OrderLine, n int64) {
		c.Request.Goods = append(c.Request.Goods, logistics.Goods{Name: l.Title, Quantity: n})
	})
	sure := false
	c.Request.CollectFen, sure = collect(p.f, p.orders)
	if _, toDoor := promises(p.orders); toDoor {
		c.Request.Note = toDoorWord
	}
	switch {
	case p.err != nil:
		c.Err = p.err
	case !sure:
		c.Err = ErrCollect
	case to.Kind() == receiver.Masked && !to.Encrypted:
		c.Masked = ErrMasked
	}
	return c
}
