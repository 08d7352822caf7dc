package reship

import (
	"context"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
)

// Permit is the right to make reships and exchanges.
const Permit = "order.reship"

// Liable are who may pay for a reship or an exchange (责任方).
var Liable = []string{"merchant", "buyer", "carrier", "supplier", "channel"}

// When an order ships.
const (
	Now         = "now"          // at once
	AfterReturn = "after_return" // once the goods sent back are inspected
)

// Settlements: what happens with the difference of an exchange.
const (
	NoDifference = "none"
	Collected    = "collected" // the buyer has paid it
	Refund       = "refund"    // the buyer gets it back, by a person
	Waived       = "waived"    // nobody pays it
)

// ShipHours names the setting of how long after its making such an order is to ship.
const ShipHours = "intake.reship_ship_hours"

// Settings are the merchant's own rules.
func Settings() []setting.Def {
	return []setting.Def{{Name: ShipHours, Kind: setting.Int, Default: int64(48), Min: 1, Max: 720,
		ZH: "补发单和换货单的发货时限（小时）", EN: "Ship reships and exchanges within (hours)",
		HintZH: "先退后换的换货单从退货验收后起算", HintEN: "An exchange that waits for the goods counts from their inspection"}}
}

// FollowUp is an order made to make good for another one. Amounts are fen, instants unix
// milliseconds.
type FollowUp struct {
	OrderID     id.ID
	OriginID    id.ID
	Kind        string // order.TypeReship or order.TypeExchange
	Number      int64
	CaseID      id.ID // 0: none
	Reason      string
	Note        string
	Liable      string
	When        string
	Hours       int64     // within which it ships, from its making or from the return
	Goods       money.Fen // worth of what goes out, 0 of a reship
	Returned    money.Fen // paid for what comes back
	Settlement  string
	CreatedAt   int64
	CreatedBy   id.ID
	CreatedName string

	Out, Back []Piece
	Order     *order.Order // the new one
}

// Difference is what the new goods are worth beyond the old ones, fen.
func (f *FollowUp) Difference() money.Fen { return f.Goods - f.Returned }

// Piece is a quantity of one line of the origin that goes out or comes back.
type Piece struct {
	OriginLineID id.ID // 0: goods that the origin did not have
	LineID       id.ID // of the new order, 0 for what comes back
	Quantity     int64
}

func (f *FollowUp) into() []any {
	return []any{&f.OrderID, &f.OriginID, &f.Kind, &f.Number, &f.CaseID, &f.Reason, &f.Note, &f.Liable, &f.When, &f.Hours, &f.Goods, &f.Returned, &f.Settlement,
		&f.CreatedAt, &f.CreatedBy, &f.CreatedName}
}

func (f *FollowUp) row(m id.ID) []any {
	return []any{m, f.OrderID, f.OriginID, f.Kind, f.Number, f.CaseID, f.Reason, f.Note, f.Liable, f.When, f.Hours, int64(f.Goods), int64(f.Returned), f.Settlement,
		f.CreatedAt, f.CreatedBy, f.CreatedName}
}

// sent is how many pieces of an origin's line the order has shipped or may still ship.
func (f *FollowUp) sent(line id.ID) (n int64) {
	for _, p := range f.Out {
		if p.OriginLineID == line {
			n += f.live(p)
		}
	}
	return n
}

func (f *FollowUp) live(p Piece) int64 {
	if f.Order == nil {
		return p.Quantity
	}
	for _, l := range f.Order.Lines {
		if l.ID == p.LineID {
			if f.Order.State == order.Closed {
				return l.Shipped
			}
			return l.Ordered - l.Cancelled
		}
	}
	return 0
}

// Service makes them.
type Service struct {
	k        *kit.Kit
	door     *intake.Service
	orders   *order.Service
	shops    *shop.Service
	catalog  *catalog.Service
	cases    *aftersale.Service
	settings *setting.Service
}

// New wires the capability and registers its consumer.
func New(k *kit.Kit, door *intake.Service, orders *order.Service, shops *shop.Service, cat *catalog.Service, cases *aftersale.Service, settings *setting.Service) *Service {
	s := &Service{k: k, door: door, orders: orders, shops: shops, catalog: cat, cases: cases, settings: settings}
	k.Runner.Add(s.consumer())
	return s
}

// CaseTx is the channel's case that an order was made for, its zero value where there is
// none or it is our own. For the product itself.
func (s *Service) CaseTx(ctx context.Context, q db.Querier, orderID id.ID) (aftersale.Case, error) {
	all, err := s.followUpsTx(ctx, q, selectOwn, orderID)
	if err != nil || len(all) == 0 || all[0].CaseID == 0 {
		return aftersale.Case{}, err
	}
	c, err := s.cases.CaseTx(ctx, q, all[0].CaseID)
	if err != nil || c.Source == aftersale.Own {
		return aftersale.Case{}, err
	}
	return c.Case, nil
}

// followUpsTx reads what a statement of one argument finds, with lines and orders. Orders
// that the actor may not see are left out of it.
func (s *Service) followUpsTx(ctx context.Context, q db.Querier, text string, of id.ID) ([]FollowUp, error) {
	m := actor.Merchant(ctx)
	out, err := db.All(ctx, q, (*FollowUp).into, text, m, of)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	at, args, ids := map[id.ID]int{}, []any{m}, make([]id.ID, len(out))
	for i, f := range out {
		at[f.OrderID], ids[i], args = i, f.OrderID, append(args, f.OrderID)
	}
	if err := db.Read(ctx, q, selectLines(len(ids)), args, func(r *db.Row) {
		f := &out[at[id.ID(r.Int())]]
		way, p := r.Text(), Piece{id.ID(r.Int()), id.ID(r.Int()), r.Int()}
		if way == "back" {
			f.Back = append(f.Back, p)
		} else {
			f.Out = append(f.Out, p)
		}
	}); err != nil {
		return nil, err
	}
	orders, err := s.orders.LoadTx(ctx, q, ids)
	for i := range orders {
		out[at[orders[i].ID]].Order = &orders[i]
	}
	return out, err
}
