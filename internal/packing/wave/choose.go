package wave

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
)

const (
	// MaxOrders bounds a wave.
	MaxOrders     = 500
	usualOrders   = 60
	usualStack    = 5
	maxCandidates = 5000
)

// Choice says which open fulfillment orders a wave takes; empty fields do not narrow.
type Choice struct {
	WarehouseID id.ID    `json:"warehouse_id"`
	Content     string   `json:"content,omitempty"` // any | single | same | multi
	Carrier     string   `json:"carrier,omitempty"` // of their waybill, else the one wished for, else what the rules choose
	Provinces   []string `json:"provinces,omitempty"`
	ShopIDs     []id.ID  `json:"shop_ids,omitempty"`
	// Zone is a part of the warehouse: everything of an order lies in it. It is what
	// stands before the first hyphen of a location.
	Zone string `json:"zone,omitempty"`
	// ShipBefore leaves what is promised later to another wave; CutOffAt what a courier
	// collects later (截单).
	ShipBefore int64 `json:"ship_before,omitempty"`
	CutOffAt   int64 `json:"cut_off,omitempty"`
	Urgent     bool  `json:"urgent,omitempty"`     // only what is urged
	Orders     int64 `json:"orders,omitempty"`     // at most, 0 is 60
	Pieces     int64 `json:"pieces,omitempty"`     // at most, 0 is without bound
	StackFrom  int64 `json:"stack_from,omitempty"` // of "same": the least orders of one content, 0 is 5
	// IDs names them instead; only the warehouse and the bounds narrow then.
	IDs []id.ID `json:"fulfillment_order_ids,omitempty"`
}

func (c *Choice) check() error {
	if c.Content == "" {
		c.Content = Any
	}
	if c.Orders == 0 {
		c.Orders = max(usualOrders, int64(len(c.IDs)))
	}
	if c.StackFrom == 0 {
		c.StackFrom = usualStack
	}
	if c.Orders < 1 || c.Orders > MaxOrders || c.Pieces < 0 || c.StackFrom < 0 || c.WarehouseID == 0 || !slices.Contains([]string{Any, Single, Same, Multi}, c.Content) {
		return ErrBadChoice.With("max", MaxOrders)
	}
	return nil
}

// Goods is how much of a SKU is wanted.
type Goods struct {
	SKUID    id.ID
	Quantity int64
}

// candidate is a fulfillment order that may go into a wave.
type candidate struct {
	f                        *fulfillment.FulfillmentOrder
	goods                    []Goods
	pieces                   int64
	province, carrier, stack string
	zone                     string // "" where its goods lie in several, or nobody knows
	cutOff                   int64  // when its courier collects next, 0 where nobody knows
}

// Bucket counts the candidates that share something.
type Bucket struct {
	Key    string // carrier code, province, kind of content; of a stack its goods
	Orders int64
	Goods  []Goods // of a stack
}

// CutOffBucket counts the candidates whose courier collects then; At 0 is not known.
type CutOffBucket struct {
	At     int64
	Orders int64
}

// Refused is a candidate that may not go on, and why.
type Refused struct {
	FulfillmentOrderID id.ID
	OrderNo            string // the channel's, of its first order
	Err                *errs.Error
}

// Preview is what a wave would be.
type Preview struct {
	// Waiting counts the open fulfillment orders of the warehouse that could be picked
	// now; More says that there are others beyond those looked at.
	Waiting   int64
	More      bool
	Carriers  []Bucket
	Provinces []Bucket
	Contents  []Bucket
	Stacks    []Bucket // the highest first, 20 at most
	Zones     []Bucket
	CutOffs   []CutOffBucket
	Codes     map[id.ID]string // SKU codes of the goods of stacks
	// The wave.
	Orders  int64
	Pieces  int64
	SKUs    int64
	Refused []Refused
	IDs     []id.ID // by basket

	chosen []candidate
}

// Preview shows what a wave of this choice would be, and by what the waiting
// fulfillment orders could be chosen. It changes nothing. Permissions packing.wave and
// fulfillment.read.
//
// Errors: ErrBadChoice, inventory.ErrNoWarehouse.
func (s *Service) Preview(ctx context.Context, c Choice) (Preview, error) {
	if err := actor.Require(ctx, packing.PermitWave); err != nil {
		return Preview{}, err
	}
	if err := c.check(); err != nil {
		return Preview{}, err
	}
	return s.preview(ctx, c)
}

func (s *Service) preview(ctx context.Context, c Choice) (p Preview, err error) {
	if _, err := s.stock.WarehouseTx(ctx, s.k.DB, c.WarehouseID); err != nil {
		return p, err
	}
	open, err := s.waiting(ctx, c, &p)
	if err != nil {
		return p, err
	}
	if open, err = s.stocked(ctx, open); err != nil {
		return p, err
	}
	all, err := s.describe(ctx, s.k.DB, open)
	if err != nil {
		return p, err
	}
	if err := s.place(ctx, c.WarehouseID, all); err != nil {
		return p, err
	}
	p.count(all)
	for _, one := range c.IDs { // a person asked for it by name
		if !slices.ContainsFunc(all, func(x candidate) bool { return x.f.ID == one }) {
			p.Refused = append(p.Refused, Refused{FulfillmentOrderID: one, Err: ErrTaken})
		}
	}
	if err := s.name(ctx, &p); err != nil {
		return p, err
	}
	all = slices.DeleteFunc(all, func(x candidate) bool { return !c.takes(&x) })
	if err := s.fill(ctx, &p, c, c.inTurn(all)); err != nil {
		return p, err
	}
	return p, s.nameRefused(ctx, s.k.DB, p.Refused)
}

// nameRefused tells people which orders are meant.
func (s *Service) nameRefused(ctx context.Context, q db.Querier, out []Refused) error {
	if len(out) == 0 {
		return nil
	}
	ids := make([]id.ID, len(out))
	for i, r := range out {
		ids[i] = r.FulfillmentOrderID
	}
	all, err := s.fulfillments.LoadTx(ctx, q, ids)
	if err != nil {
		return err
	}
	first, of := map[id.ID]id.ID{}, []id.ID{}
	for i := range all {
		if len(all[i].Lines) > 0 {
			first[all[i].ID] = all[i].Lines[0].OrderID
			of = append(of, all[i].Lines[0].OrderID)
		}
	}
	orders, err := s.orders.LoadTx(ctx, q, id.Once(of))
	if err != nil {
		return err
	}
	no := make(map[id.ID]string, len(orders))
	for i := range orders {
		no[orders[i].ID] = orders[i].ChannelOrderNo
	}
	for i := range out {
		out[i].OrderNo = no[first[out[i].FulfillmentOrderID]]
	}
	return nil
}

// waiting reads the open fulfillment orders of the warehouse that nothing but their
// orders could keep from being picked.
func (s *Service) waiting(ctx context.Context, c Choice, p *Preview) (out []fulfillment.FulfillmentOrder, err error) {
	now := clock.Millis(s.k.Clock)
	take := func(all []fulfillment.FulfillmentOrder) {
		for _, f := range all {
			if f.State == fulfillment.StateOpen && f.WarehouseID == c.WarehouseID && f.Sealed == "" && f.Hold == "" && f.PresaleAt <= now && f.SupplierID == 0 && f.Kind != fulfillment.KindVirtual {
				out = append(out, f)
			}
		}
	}
	if len(c.IDs) > 0 {
		all, err := s.fulfillments.LoadTx(ctx, s.k.DB, c.IDs)
		take(all)
		return out, err
	}
	unsealed := false
	all, more, err := s.fulfillments.InTurn(ctx, fulfillment.OrderFilter{WarehouseIDs: []id.ID{c.WarehouseID}, ShopIDs: c.ShopIDs, Sealed: &unsealed}, s.candidates)
	take(all)
	p.More = more
	return out, err
}

// stocked leaves out what waits for goods: somebody would walk to an empty shelf.
func (s *Service) stocked(ctx context.Context, all []fulfillment.FulfillmentOrder) ([]fulfillment.FulfillmentOrder, error) {
	var ids []id.ID
	for i := range all {
		ids = append(ids, all[i].OrderIDs()...)
	}
	orders, err := s.orders.LoadTx(ctx, s.k.DB, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, err
	}
	waits := map[id.ID]bool{}
	for i := range orders {
		waits[orders[i].ID] = orders[i].OnHold(order.HoldOutOfStock)
	}
	return slices.DeleteFunc(all, func(f fulfillment.FulfillmentOrder) bool {
		return slices.ContainsFunc(f.Lines, func(l fulfillment.FulfillmentLine) bool { return l.Left() > 0 && waits[l.OrderID] })
	}), nil
}

// describe tells what fulfillment orders hold, where they go and with whom.
func (s *Service) describe(ctx context.Context, q db.Querier, all []fulfillment.FulfillmentOrder) ([]candidate, error) {
	out := make([]candidate, 0, len(all))
	for part := range slices.Chunk(all, lookup) {
		goods, err := s.goods(ctx, q, part)
		if err != nil {
			return nil, err
		}
		ids, first := make([]id.ID, len(part)), make([]id.ID, 0, len(part))
		for i := range part {
			ids[i] = part[i].ID
			if len(part[i].Lines) > 0 {
				first = append(first, part[i].Lines[0].OrderID)
			}
		}
		numbers, err := s.waybills.Of(ctx, q, ids)
		if err != nil {
			return nil, err
		}
		receivers, err := s.orders.ReceiversTx(ctx, q, first)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return nil, err
		}
		for i := range part {
			f := &part[i]
			x := candidate{f: f, goods: goods[f.ID], carrier: f.CarrierWish}
			if len(x.goods) == 0 {
				continue // nothing of it is ours to fetch
			}
			for _, g := range x.goods {
				x.pieces += g.Quantity
				x.stack += g.SKUID.String() + "×" + strconv.FormatInt(g.Quantity, 10) + " "
			}
			if len(f.Lines) > 0 {
				x.province = receivers[f.Lines[0].OrderID].Province
			}
			for _, w := range numbers[f.ID] {
				x.carrier = w.Carrier
			}
			out = append(out, x)
		}
	}
	return out, s.expect(ctx, q, out)
}

// expect asks with which carrier those would leave that have no number and no wish: a
// wave is made before numbers are issued, and must be ready when that courier comes.
func (s *Service) expect(ctx context.Context, q db.Querier, all []candidate) error {
	if s.carriers == nil {
		return nil
	}
	var ids []id.ID
	for i := range all {
		if all[i].carrier == "" && all[i].f.Kind == fulfillment.KindExpress {
			ids = append(ids, all[i].f.ID)
		}
	}
	for part := range slices.Chunk(ids, lookup) {
		chosen, err := s.carriers(ctx, q, part)
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].carrier == "" {
				all[i].carrier = chosen[all[i].f.ID]
			}
		}
	}
	return nil
}

// place tells in which zone the goods of candidates lie, and when their couriers collect.
func (s *Service) place(ctx context.Context, warehouse id.ID, all []candidate) error {
	var skus []id.ID
	for i := range all {
		for _, g := range all[i].goods {
			skus = append(skus, g.SKUID)
		}
	}
	at, err := s.places.OfTx(ctx, s.k.DB, warehouse, slices.Compact(slices.Sorted(slices.Values(skus))))
	if err != nil {
		return err
	}
	cutOffs, err := s.cutOffs(ctx, s.k.DB)
	if err != nil {
		return err
	}
	now := clock.Millis(s.k.Clock)
	for i := range all {
		x := &all[i]
		x.cutOff = nextCutOff(cutOffs, warehouse, x.carrier, now)
		for j, g := range x.goods {
			zone, _, _ := strings.Cut(at[g.SKUID], "-")
			if zone = strings.ToUpper(zone); j == 0 {
				x.zone = zone
			} else if x.zone != zone {
				x.zone = ""
			}
		}
	}
	return nil
}

// name fills in the codes of what stacks hold.
func (s *Service) name(ctx context.Context, p *Preview) error {
	var skus []id.ID
	for _, b := range p.Stacks {
		for _, g := range b.Goods {
			skus = append(skus, g.SKUID)
		}
	}
	known, err := s.catalog.SKUsTx(ctx, s.k.DB, skus)
	p.Codes = make(map[id.ID]string, len(known))
	for one, k := range known {
		p.Codes[one] = k.Code
	}
	return err
}

// goods are the pieces to fetch for fulfillment orders: of what is reserved, so that a
// bundle is picked as it was when its order came, else of the SKU's parts today.
func (s *Service) goods(ctx context.Context, q db.Querier, all []fulfillment.FulfillmentOrder) (map[id.ID][]Goods, error) {
	var orderIDs []id.ID
	for i := range all {
		orderIDs = append(orderIDs, all[i].OrderIDs()...)
	}
	orderIDs = slices.Compact(slices.Sorted(slices.Values(orderIDs)))
	orders, err := s.orders.LoadTx(ctx, q, orderIDs)
	if err != nil {
		return nil, err
	}
	held, err := s.stock.ReservedTx(ctx, q, orderIDs)
	if err != nil {
		return nil, err
	}
	type line struct {
		sku      id.ID
		reserved int64
	}
	lines, skus := map[id.ID]line{}, []id.ID{}
	for _, o := range orders {
		for _, l := range o.Lines {
			lines[l.ID] = line{l.SKUID, l.Allocated - l.Shipped}
			skus = append(skus, l.SKUID)
		}
	}
	reserved := map[id.ID][]Goods{}
	byLine := map[[2]id.ID]int64{}
	for _, h := range held {
		byLine[[2]id.ID{h.LineID, h.SKUID}] += h.Quantity
	}
	for k, n := range byLine {
		reserved[k[0]] = append(reserved[k[0]], Goods{k[1], n})
	}
	parts, err := s.catalog.ComponentsTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(skus))))
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID][]Goods, len(all))
	for _, f := range all {
		sum := map[id.ID]int64{}
		for _, l := range f.Lines {
			of := lines[l.LineID]
			if l.Left() <= 0 || of.sku == 0 {
				continue
			}
			for _, g := range each(reserved[l.LineID], of.reserved, of.sku, parts[of.sku]) {
				sum[g.SKUID] += g.Quantity * l.Left()
			}
		}
		for sku, n := range sum {
			out[f.ID] = append(out[f.ID], Goods{sku, n})
		}
		slices.SortFunc(out[f.ID], func(a, b Goods) int { return cmp.Compare(a.SKUID, b.SKUID) })
	}
	return out, nil
}

func (p *Preview) count(all []candidate) {
	carriers, provinces, contents, stacks, zones, cutOffs := map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}, map[int64]int64{}
	goods := map[string][]Goods{}
	for i := range all {
		x := &all[i]
		carriers[x.carrier]++
		provinces[x.province]++
		contents[x.content()]++
		zones[x.zone]++
		cutOffs[x.cutOff]++
		stacks[x.stack]++
		goods[x.stack] = x.goods
	}
	for k, n := range stacks {
		if n < 2 {
			delete(stacks, k)
		}
	}
	p.Waiting = int64(len(all))
	p.Carriers, p.Provinces, p.Contents, p.Stacks = buckets(carriers), buckets(provinces), buckets(contents), buckets(stacks)
	p.Zones = buckets(zones)
	for at, n := range cutOffs {
		p.CutOffs = append(p.CutOffs, CutOffBucket{at, n})
	}
	slices.SortFunc(p.CutOffs, func(a, b CutOffBucket) int { return cmp.Compare(or(a.At, never), or(b.At, never)) })
	p.Stacks = p.Stacks[:min(20, len(p.Stacks))]
	for i := range p.Stacks {
		p.Stacks[i].Goods = goods[p.Stacks[i].Key]
	}
}

func buckets(m map[string]int64) []Bucket {
	out := make([]Bucket, 0, len(m))
	for k, n := range m {
		out = append(out, Bucket{Key: k, Orders: n})
	}
	slices.SortFunc(out, func(a, b Bucket) int {
		return cmp.Or(cmp.Compare(b.Orders, a.Orders), strings.Compare(a.Key, b.Key))
	})
	return out
}

func (x *candidate) content() string {
	if len(x.goods) == 1 {
		return Single
	}
	return Multi
}

func (c *Choice) takes(x *candidate) bool {
	switch {
	case len(c.IDs) > 0:
		return true
	case c.Content == Single || c.Content == Multi:
		if x.content() != c.Content {
			return false
		}
	}
	return (c.Carrier == "" || x.carrier == c.Carrier) && (len(c.Provinces) == 0 || slices.Contains(c.Provinces, x.province)) &&
		(c.Zone == "" || strings.EqualFold(x.zone, c.Zone)) && (c.CutOffAt == 0 || x.cutOff != 0 && x.cutOff <= c.CutOffAt) &&
		(c.ShipBefore == 0 || x.f.ShipByAt != 0 && x.f.ShipByAt <= c.ShipBefore) && (!c.Urgent || x.f.Urgency > 0)
}

// inTurn sorts candidates: what is urged first, of that what the next courier takes, then
// what was promised first. Of "same", only contents of high stacks stay, each
// together.
func (c *Choice) inTurn(all []candidate) []candidate {
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.f.Urgency, a.f.Urgency), cmp.Compare(or(a.cutOff, never), or(b.cutOff, never)),
			cmp.Compare(or(a.f.ShipByAt, never), or(b.f.ShipByAt, never)), cmp.Compare(a.f.ID, b.f.ID))
	})
	if c.Content != Same || len(c.IDs) > 0 {
		return all
	}
	n, turn := map[string]int64{}, map[string]int{}
	for i, x := range all {
		if n[x.stack]++; n[x.stack] == 1 {
			turn[x.stack] = i
		}
	}
	all = slices.DeleteFunc(all, func(x candidate) bool { return n[x.stack] < c.StackFrom })
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(turn[a.stack], turn[b.stack]) })
	return all
}

// fill takes candidates in turn until the wave is full, leaving out those that may not
// go on.
func (s *Service) fill(ctx context.Context, p *Preview, c Choice, all []candidate) error {
	skus := map[id.ID]bool{}
	for part := range slices.Chunk(all, lookup) {
		if p.Orders == c.Orders {
			break
		}
		checks := make([]fulfillment.Check, len(part))
		for i, x := range part {
			checks[i] = fulfillment.Check{ID: x.f.ID, Version: x.f.Version}
		}
		verdicts, err := s.fulfillments.GuardEachTx(ctx, s.k.DB, checks)
		if err != nil {
			return err
		}
		for i, x := range part {
			switch e := errs.As(verdicts[i]); {
			case p.Orders == c.Orders:
			case verdicts[i] != nil && e == nil:
				return verdicts[i]
			case e != nil:
				p.Refused = append(p.Refused, Refused{FulfillmentOrderID: x.f.ID, Err: plain(e)})
			case c.Pieces > 0 && p.Orders > 0 && p.Pieces+x.pieces > c.Pieces:
			default:
				p.Orders, p.Pieces = p.Orders+1, p.Pieces+x.pieces
				p.chosen, p.IDs = append(p.chosen, x), append(p.IDs, x.f.ID)
				for _, g := range x.goods {
					skus[g.SKUID] = true
				}
			}
		}
	}
	p.SKUs = int64(len(skus))
	return nil
}

// each is what one piece of a line holds.
func each(reserved []Goods, pieces int64, sku id.ID, parts []catalog.Component) []Goods {
	even := pieces > 0 && len(reserved) > 0
	for _, r := range reserved {
		even = even && r.Quantity%pieces == 0
	}
	var out []Goods
	switch {
	case even:
		for _, r := range reserved {
			out = append(out, Goods{r.SKUID, r.Quantity / pieces})
		}
	case len(parts) > 0:
		for _, c := range parts {
			out = append(out, Goods{c.SKUID, c.Quantity})
		}
	default:
		out = []Goods{{sku, 1}}
	}
	return out
}

// plain is an error without its cause: previews are answers.
func plain(e *errs.Error) *errs.Error {
	out := *e
	out.Err = nil
	return &out
}
