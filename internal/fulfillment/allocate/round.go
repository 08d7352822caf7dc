package allocate

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Round plans orders one after the other, each seeing what those before it left.
type Round struct {
	Warehouses []Warehouse

	rules  []*Compiled
	parts  map[id.ID][]catalog.Component // by SKU
	goods  map[id.ID]catalog.SKU
	free   Stock
	held   map[id.ID]Stock
	urgent map[id.ID]int64
	said   map[id.ID][]id.ID // suppliers that refused, by order
	now    int64
}

// RoundTx reads all that the planner needs to know of orders. parts says what a SKU
// takes off the shelf: itself, or a bundle's components.
func (s *Service) RoundTx(ctx context.Context, q db.Querier, orders []*order.Order, parts map[id.ID][]catalog.Component) (*Round, error) {
	r := &Round{parts: parts, free: Stock{}, held: map[id.ID]Stock{}, now: clock.Millis(s.k.Clock)}
	var err error
	if r.rules, err = s.CompiledTx(ctx, q); err != nil {
		return nil, err
	}
	sites, err := s.SitesTx(ctx, q)
	if err != nil {
		return nil, err
	}
	all, err := s.stock.WarehousesTx(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		w := Warehouse{ID: one.ID, Name: one.Name, Active: one.Active}
		if site := sites[one.ID]; site != nil {
			w.SupplierID, w.Areas = site.SupplierID, site.Areas
		}
		r.Warehouses = append(r.Warehouses, w)
	}
	ids := make([]id.ID, len(orders))
	for i, o := range orders {
		ids[i], r.held[o.ID] = o.ID, Stock{}
	}
	if err := s.readGoods(ctx, q, r); err != nil {
		return nil, err
	}
	held, err := s.stock.ReservedTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		r.held[h.OrderID].Add(h.SKUID, h.WarehouseID, h.Quantity)
	}
	if r.urgent, err = s.UrgenciesTx(ctx, q, ids); err != nil {
		return nil, err
	}
	r.said, err = refusals(ctx, q, ids)
	return r, err
}

// Use has the round decide by other rules than the saved ones.
func (r *Round) Use(rules []*Compiled) { r.rules = rules }

// readGoods reads what is free of the goods, what they weigh and of which classes they are.
func (s *Service) readGoods(ctx context.Context, q db.Querier, r *Round) error {
	var skus, picked []id.ID
	for sku, parts := range r.parts {
		skus = append(skus, sku)
		for _, c := range parts {
			picked = append(picked, c.SKUID)
		}
	}
	slices.Sort(picked)
	picked = slices.Compact(picked)
	free, err := s.stock.FreeTx(ctx, q, picked)
	if err != nil {
		return err
	}
	for _, f := range free {
		r.free.Add(f.SKUID, f.WarehouseID, f.Quantity)
	}
	skus = append(skus, picked...)
	slices.Sort(skus)
	r.goods, err = s.catalog.SKUsTx(ctx, q, slices.Compact(skus))
	return err
}

// Turn says which of two orders is served first: the more urgent, then the one due first.
func (r *Round) Turn(a, b *order.Order) int {
	if a == nil || b == nil {
		return 0
	}
	return cmp.Or(cmp.Compare(r.urgent[b.ID], r.urgent[a.ID]), cmp.Compare(DueAt(a), DueAt(b)), cmp.Compare(a.ID, b.ID))
}

// DueAt is an order's deadline; one without comes last.
func DueAt(o *order.Order) int64 {
	if o.ShipByAt == 0 {
		return math.MaxInt64
	}
	return o.ShipByAt
}

// Urgency is how urgent an order is.
func (r *Round) Urgency(orderID id.ID) int64 { return r.urgent[orderID] }

// Held is what an order has reserved by now: who keeps some of it apart takes it off.
func (r *Round) Held(orderID id.ID) Stock { return r.held[orderID] }

// Supplier is who ships from a warehouse for us, 0 where we do.
func (r *Round) Supplier(warehouse id.ID) id.ID {
	at := slices.IndexFunc(r.Warehouses, func(w Warehouse) bool { return w.ID == warehouse })
	if at < 0 {
		return 0
	}
	return r.Warehouses[at].SupplierID
}

// Lines are the pieces of an order that have to leave, without those already kept, by line.
func (r *Round) Lines(o *order.Order, kept map[id.ID]int64) (out []Line) {
	for _, l := range o.Lines {
		line := Line{ID: l.ID, Quantity: l.Open() - kept[l.ID]}
		if line.Quantity <= 0 {
			continue
		}
		for _, c := range r.parts[l.SKUID] {
			line.Parts = append(line.Parts, Part{SKUID: c.SKUID, Quantity: c.Quantity})
			if g := r.goods[c.SKUID].WeightGram; g != nil {
				line.WeightGram += *g * c.Quantity
			}
		}
		out = append(out, line)
	}
	return out
}

// Plan decides on the lines of an order and books what it decides.
func (r *Round) Plan(o *order.Order, lines []Line) Decision {
	return Plan(r.asked(o, lines), r.rules, r.Warehouses, r.free)
}

// Foresee says what Plan would decide if the order came first, books nothing, and names
// every warehouse with enough for it to ship from.
func (r *Round) Foresee(o *order.Order, lines []Line) (Decision, []id.ID) {
	p := planner{o: r.asked(o, lines), free: r.free, all: r.Warehouses}
	d, ranked := p.decide(r.rules)
	return d, p.useful(&d, ranked)
}

// asked is an order as the planner wants it.
func (r *Round) asked(o *order.Order, lines []Line) *Order {
	p := &Order{ID: o.ID, Province: o.Province, City: o.City, Held: r.held[o.ID], Facts: r.facts(o), Lines: lines, Refused: r.said[o.ID]}
	for _, l := range lines {
		p.Facts.WeightGram += l.WeightGram * l.Quantity
	}
	if !slices.ContainsFunc(o.Lines, func(l order.OrderLine) bool { return l.Allocated > l.Shipped }) {
		p.Stands = o.WarehouseID // before it is allocated: a person's wish
	}
	return p
}

// Free is what orders could still reserve of a SKU in a warehouse.
func (r *Round) Free(sku, warehouse id.ID) int64 { return r.free[sku][warehouse] }

// facts are taken off the lines where the header follows only when the order is saved.
func (r *Round) facts(o *order.Order) Facts {
	f := Facts{ShopID: o.ShopID.String(), Channel: o.Channel, OrderType: o.Type, Province: o.Province, City: o.City, District: o.District,
		Tags: o.Tags, Lines: int64(len(o.Lines)), Flag: o.Flag, Presale: slices.Contains(o.ChannelFlags, order.FlagPresale),
		Urgent: r.urgent[o.ID] > 0, BuyerNote: o.BuyerNote, SellerNote: o.SellerNote, PaymentMethod: o.PaymentMethod, Marks: o.ChannelFlags}
	if paid := o.PaidAt; paid != 0 {
		f.MinutesPaid = max(0, (r.now-paid)/60_000)
	}
	if o.Amounts.BuyerPaid != nil {
		f.PaidFen = int64(*o.Amounts.BuyerPaid)
	}
	for _, l := range o.Lines {
		f.Pieces += l.Ordered
		f.SKUCodes = append(f.SKUCodes, l.SKUCode)
		f.SKUClasses = append(f.SKUClasses, r.goods[l.SKUID].Classes...)
		for _, c := range r.parts[l.SKUID] {
			if c.SKUID != l.SKUID {
				f.SKUClasses = append(f.SKUClasses, r.goods[c.SKUID].Classes...)
			}
		}
	}
	return f
}

// UrgenciesTx reads which of orders are urgent, and how much.
func (s *Service) UrgenciesTx(ctx context.Context, q db.Querier, orders []id.ID) (map[id.ID]int64, error) {
	out := map[id.ID]int64{}
	for part := range slices.Chunk(orders, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, o := range part {
			args = append(args, int64(o))
		}
		for row := range db.Each(ctx, q, selectUrges(len(part)), args...) {
			var o id.ID
			var n int64
			if err := row.Scan(&o, &n); err != nil {
				return nil, err
			}
			out[o] = n
		}
	}
	return out, nil
}
