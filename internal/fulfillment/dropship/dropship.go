package dropship

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/purchase"
)

// Permit lets people give orders to suppliers and take their numbers back.
const Permit = "fulfillment.dropship"

// permitPlain is asked of who downloads receivers in plain.
const permitPlain = "export.plain"

// State is where a supplier's order stands.
type State string

const (
	Ready     State = "ready"     // the supplier's to ship, not sent to it yet
	Sent      State = "sent"      // it has not answered
	Accepted  State = "accepted"  // it will ship
	Refused   State = "refused"   // it will not: back to allocation
	Shipped   State = "shipped"   // it has left
	Withdrawn State = "withdrawn" // taken back; it can be sent again
)

// States lists every state.
var States = []State{Ready, Sent, Accepted, Refused, Shipped, Withdrawn}

// Transitions says which state may follow which.
var Transitions = map[State][]State{
	Ready:     {Sent},
	Sent:      {Accepted, Refused, Shipped, Withdrawn},
	Accepted:  {Refused, Shipped, Withdrawn},
	Refused:   {Sent},
	Withdrawn: {Sent},
	Shipped:   {},
}

// Order is a fulfillment order that a supplier ships. Instants are unix milliseconds.
type Order struct {
	ID         id.ID // of the fulfillment order
	SupplierID id.ID
	BatchID    id.ID
	State      State
	Reason     string // why it was refused
	Carrier    string // code; ours while it has not shipped, "" for none
	WaybillNo  string // ours while it has not shipped
	OrderNos   []string
	OrderIDs   []id.ID
	Goods      []Goods
	Receiver   Receiver
	BuyerNote  string
	Urgency    int64
	ShipByAt   int64
	SentAt     int64
	AnsweredAt int64
	ShippedAt  int64
	// Stopped is why it must not leave now: refunded, changed since it was sent, on hold.
	Stopped *errs.Error

	version int64
}

// Goods is a line to pack.
type Goods struct {
	Code     string
	Name     string
	Spec     string
	Quantity int64
}

// Receiver is what may be told of who receives it.
type Receiver struct {
	Name, Phone, Province, City, District, Detail string
	// Sealed: the channel ciphered it; only the channel's waybill tells the courier.
	Sealed bool
}

// Service gives orders to suppliers.
type Service struct {
	k            *kit.Kit
	fulfillments *fulfillment.Service
	orders       *order.Service
	catalog      *catalog.Service
	suppliers    *purchase.Service
}

// New wires the capability and its consumer.
func New(k *kit.Kit, fulfillments *fulfillment.Service, orders *order.Service, cat *catalog.Service, suppliers *purchase.Service) *Service {
	s := &Service{k: k, fulfillments: fulfillments, orders: orders, catalog: cat, suppliers: suppliers}
	k.Runner.Add(s.refusals())
	return s
}

// Filter narrows List.
type Filter struct {
	SupplierID id.ID // 0: of all
	State      State // "" is Ready
	BatchID    id.ID
	Cursor     string
	Limit      int // 1..200, 0 is 50
}

// List lists suppliers' orders, the oldest first, receivers masked, and the next cursor.
// Permission fulfillment.read.
//
// Errors: page.ErrCursor.
func (s *Service) List(ctx context.Context, f Filter) ([]Order, string, error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return nil, "", err
	}
	return s.list(ctx, f, purchase.Masked)
}

// ListFor is List for a supplier that looks in through its door: what its contract lets
// it see of the orders it was sent.
//
// Errors: page.ErrCursor.
func (s *Service) ListFor(ctx context.Context, v purchase.Visitor, f Filter) ([]Order, string, error) {
	f.SupplierID = v.SupplierID
	if f.State == "" || f.State == Ready || f.State == Withdrawn {
		f.State = Sent
	}
	return s.list(ctx, f, v.Contract)
}

func (s *Service) list(ctx context.Context, f Filter, c purchase.Contract) ([]Order, string, error) {
	var after id.ID
	if err := page.Decode(f.Cursor, &after); err != nil {
		return nil, "", err
	}
	limit := page.Limit(f.Limit)
	text, args := listSQL(ctx, f, after, limit+1)
	var all []Order
	if err := db.Read(ctx, s.k.DB, text, args, func(r *db.Row) {
		all = append(all, Order{ID: id.ID(r.Int()), SupplierID: id.ID(r.Int()), BatchID: id.ID(r.Int()), State: State(r.Text()), version: r.Int(), Reason: r.Text(),
			Carrier: r.Text(), WaybillNo: r.Text(), SentAt: r.Int(), AnsweredAt: r.Int(), ShippedAt: r.Int()})
	}); err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, limit, func(o Order) string { return page.Encode(o.ID) })
	all, err := s.fill(ctx, s.k.DB, all, c)
	return all, next, err
}

// fill reads what is in orders, for whom they are and whether they may leave. Those in a
// warehouse that the actor may not see are left out.
func (s *Service) fill(ctx context.Context, q db.Querier, all []Order, c purchase.Contract) ([]Order, error) {
	if len(all) == 0 {
		return nil, nil
	}
	ids, checks := make([]id.ID, len(all)), make([]fulfillment.Check, len(all))
	for i, o := range all {
		ids[i], checks[i] = o.ID, fulfillment.Check{ID: o.ID, Version: o.version}
	}
	found, err := s.fulfillments.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	verdicts, err := s.fulfillments.GuardEachTx(ctx, q, checks)
	if err != nil {
		return nil, err
	}
	said, err := s.hear(ctx, q, found)
	if err != nil {
		return nil, err
	}
	numbers, err := readNumbers(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Order, 0, len(all))
	for i, o := range all {
		at := slices.IndexFunc(found, func(f fulfillment.FulfillmentOrder) bool { return f.ID == o.ID })
		if at < 0 {
			continue
		}
		said.tell(&o, &found[at], c)
		if o.State != Shipped {
			o.Stopped = errs.As(verdicts[i])
			if n, ok := numbers[o.ID]; ok {
				o.Carrier, o.WaybillNo = n.carrier, n.no
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// heard is what orders say.
type heard struct {
	orders    map[id.ID]*order.Order
	receivers map[id.ID]order.Receiver
	names     map[id.ID]catalog.SKU
}

func (s *Service) hear(ctx context.Context, q db.Querier, all []fulfillment.FulfillmentOrder) (*heard, error) {
	var ids []id.ID
	for i := range all {
		ids = append(ids, all[i].OrderIDs()...)
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	found, err := s.orders.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	h := &heard{orders: map[id.ID]*order.Order{}}
	var skus []id.ID
	for i := range found {
		h.orders[found[i].ID] = &found[i]
		for _, l := range found[i].Lines {
			if l.SKUID != 0 {
				skus = append(skus, l.SKUID)
			}
		}
	}
	if h.receivers, err = s.orders.ReceiversTx(ctx, q, ids); err != nil {
		return nil, err
	}
	h.names, err = s.catalog.SKUsTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(skus))))
	return h, err
}

// tell writes into o what f's orders say, as far as contract c goes.
func (h *heard) tell(o *Order, f *fulfillment.FulfillmentOrder, c purchase.Contract) {
	o.Urgency, o.ShipByAt, o.OrderIDs = f.Urgency, f.ShipByAt, f.OrderIDs()
	for i, one := range o.OrderIDs {
		from := h.orders[one]
		if from == nil {
			continue
		}
		o.OrderNos = append(o.OrderNos, from.ChannelOrderNo)
		if c == purchase.Full && from.BuyerNote != "" { // people write their addresses there
			o.BuyerNote += from.BuyerNote + " "
		}
		if i == 0 {
			o.Receiver = shown(h.receivers[one], c)
		}
	}
	for _, l := range f.Lines {
		from := h.orders[l.OrderID]
		n := l.Left()
		if o.State == Shipped {
			n = l.Quantity
		}
		if from == nil || n <= 0 {
			continue
		}
		at := slices.IndexFunc(from.Lines, func(x order.OrderLine) bool { return x.ID == l.LineID })
		if at < 0 {
			continue
		}
		x := from.Lines[at]
		g := Goods{Code: x.SKUCode, Name: x.Title, Spec: x.Spec, Quantity: n}
		if k, ok := h.names[x.SKUID]; ok {
			g.Code, g.Name, g.Spec = k.Code, k.ProductName, k.Spec
		}
		o.Goods = append(o.Goods, g)
	}
}

// shown is what a contract lets be seen of a receiver. Cipher text is no text: it stays
// here whatever the contract says.
func shown(r order.Receiver, c purchase.Contract) Receiver {
	sealed := r.Kind() == receiver.Sealed
	switch {
	case c == purchase.NumberOnly:
		return Receiver{Sealed: sealed}
	case sealed:
		return Receiver{Province: r.Province, City: r.City, District: r.District, Sealed: true}
	case c == purchase.Full:
		return Receiver{Name: r.Name, Phone: r.Phone, Province: r.Province, City: r.City, District: r.District, Detail: r.Town + r.Detail}
	}
	name, phone := r.Masked()
	return Receiver{Name: name, Phone: phone, Province: r.Province, City: r.City, District: r.District}
}
