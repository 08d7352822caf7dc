package issue

import (
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
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
	out := make(map[id.ID]*parcel, len(ids))
	checks := make([]fulfillment.Check, len(ids))
	for i, one := range ids {
		checks[i] = fulfillment.Check{ID: one}
		out[one] = &parcel{}
	}
	verdicts, err := s.fulfillments.GuardEachTx(ctx, q, checks)
	if err != nil {
		return nil, err
	}
	for i, v := range verdicts {
		if v == nil {
			continue
		}
		if out[ids[i]].err = plain(v); out[ids[i]].err == nil {
			return nil, v
		}
	}
	all, err := s.fulfillments.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var orderIDs []id.ID
	for i := range all {
		orderIDs = append(orderIDs, all[i].OrderIDs()...)
	}
	orderIDs = distinct(orderIDs)
	if len(orderIDs) == 0 {
		return out, nil
	}
	return out, s.fill(ctx, q, out, all, orderIDs)
}

func distinct(ids []id.ID) []id.ID { return slices.Compact(slices.Sorted(slices.Values(ids))) }

func (s *Service) fill(ctx context.Context, q db.Querier, out map[id.ID]*parcel, all []fulfillment.FulfillmentOrder, orderIDs []id.ID) error {
	found, err := s.orders.LoadTx(ctx, q, orderIDs)
	if err != nil {
		return err
	}
	receivers, err := s.orders.ReceiversTx(ctx, q, orderIDs)
	if err != nil {
		return err
	}
	byID := make(map[id.ID]*order.Order, len(found))
	var skuIDs []id.ID
	for i := range found {
		byID[found[i].ID] = &found[i]
		for _, l := range found[i].Lines {
			if l.SKUID != 0 {
				skuIDs = append(skuIDs, l.SKUID)
			}
		}
	}
	skus, err := s.catalog.SKUsTx(ctx, q, distinct(skuIDs))
	if err != nil {
		return err
	}
	for i := range all {
		p := out[all[i].ID]
		p.f, p.skus = &all[i], skus
		for _, one := range all[i].OrderIDs() {
			if o := byID[one]; o != nil {
				p.orders = append(p.orders, o)
			}
		}
		if len(p.orders) > 0 {
			p.to = receivers[p.orders[0].ID]
		}
	}
	return nil
}

// each hands over every line that is still to ship, with how much of it.
func (p *parcel) each(f func(l *order.OrderLine, quantity int64)) {
	for _, fl := range p.f.Lines {
		for _, o := range p.orders {
			for i := range o.Lines {
				if l := &o.Lines[i]; o.ID == fl.OrderID && l.ID == fl.LineID && fl.Left() > 0 {
					f(l, fl.Left())
				}
			}
		}
	}
}

// weight is what the goods weigh in grams, 0 where a SKU's weight is not known.
func (p *parcel) weight() (gram int64) {
	known := true
	p.each(func(l *order.OrderLine, n int64) {
		w := p.skus[l.SKUID].WeightGram
		if known = known && w != nil; known {
			gram += *w * n
		}
	})
	if !known {
		return 0
	}
	return gram
}

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

// promises are what the buyers were told about the way: a carrier by our code, and
// delivery to the door.
func (p *parcel) promises() (carrier string, toDoor bool) {
	for _, o := range p.orders {
		for _, flag := range o.ChannelFlags {
			if code, named := strings.CutPrefix(flag, logistics.FlagCarrier); named && carrier == "" {
				carrier = code
			}
			toDoor = toDoor || flag == logistics.FlagToDoor
		}
	}
	return carrier, toDoor
}

// facts are what the choice of a carrier looks at.
func (p *parcel) facts(now, pieces int64) choose.Facts {
	o := p.orders[0]
	f := choose.Facts{ShopID: p.f.ShopID, WarehouseID: p.f.WarehouseID, Channel: o.Channel, Sealed: p.to.Kind() == receiver.Sealed,
		Region: choose.Region{Province: p.to.Province, City: p.to.City, District: p.to.District}, WeightGram: p.weight(), VolumeML: p.volume(), Pieces: max(pieces, 1), At: now}
	f.Carrier, f.ToDoor = p.promises()
	if p.f.CarrierWish != "" { // a person or a rule of allocation says so, knowing the order
		f.Carrier = p.f.CarrierWish
	}
	for _, one := range p.orders {
		f.Tags = append(f.Tags, one.Tags...)
		if one.Amounts.Goods != nil {
			f.GoodsFen += *one.Amounts.Goods
		}
	}
	f.CollectFen, _ = p.collect()
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

// collect is what the courier takes from the buyers (货到付款), fen. sure is false where
// nobody can tell: the amount is unknown, or part of an order leaves in another parcel.
func (p *parcel) collect() (sum money.Fen, sure bool) {
	sure = true
	for _, o := range p.orders {
		if !slices.Contains(o.ChannelFlags, order.FlagCashOnDelivery) || o.PaidAt != 0 {
			continue
		}
		left := int64(0)
		for _, l := range o.Lines {
			left += l.Ordered - l.Cancelled
		}
		for _, l := range p.f.Lines {
			if l.OrderID == o.ID {
				left -= l.Left()
			}
		}
		if o.Amounts.BuyerPaid == nil || left != 0 {
			sure = false
			continue
		}
		sum += *o.Amounts.BuyerPaid
	}
	return sum, sure
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
	c.Request.CollectFen, sure = p.collect()
	switch {
	case p.err != nil:
		c.Err = p.err
	case !sure:
		c.Err = ErrCollect
	case to.Kind() == receiver.Masked && !to.Encrypted:
		c.Err = ErrMasked
	}
	return c
}
