package view

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// OrderDetail is one order with everything the drawer shows.
type OrderDetail struct {
	OrderRow
	ApprovedAt   web.Time     `json:"approved_at"`
	DeliveredAt  web.Time     `json:"delivered_at"`
	ClosedAt     web.Time     `json:"closed_at"`
	ClosedReason string       `json:"closed_reason"`
	Source       string       `json:"source"`
	SourceAt     web.Time     `json:"source_at"`
	Money        Money        `json:"money"`
	LineDetails  []LineDetail `json:"line_details"`
	HoldDetails  []HoldDetail `json:"hold_details"`
	Parcels      []Parcel     `json:"parcels"`
	FollowUps    []Linked     `json:"follow_ups" nullable:"false" doc:"Reships and exchanges made of it"`
	MadeFrom     *Linked      `json:"made_from" doc:"The order it makes good for, of a reship or an exchange"`
}

// Linked is the other order of a reship or an exchange, and what was agreed.
type Linked struct {
	OrderID        id.ID      `json:"order_id"`
	ChannelOrderNo string     `json:"channel_order_no"`
	Kind           string     `json:"kind" enum:"reship,exchange"`
	State          string     `json:"state"`
	Reason         string     `json:"reason"`
	Liable         string     `json:"liable" enum:"merchant,buyer,carrier,supplier,channel"`
	When           string     `json:"when" enum:"now,after_return"`
	DifferenceFen  *money.Fen `json:"difference_fen" class:"money" doc:"New goods less old ones"`
	Settlement     string     `json:"settlement" enum:"none,collected,refund,waived"`
	CaseID         id.ID      `json:"case_id" doc:"0 for none"`
	CarrierName    string     `json:"carrier_name"`
	WaybillNo      string     `json:"waybill_no"`
}

// Money is an order's or a line's amounts by bearer, fen; null where no source said.
type Money struct {
	GoodsFen            *money.Fen `json:"goods_fen" class:"money"`
	MerchantDiscountFen *money.Fen `json:"merchant_discount_fen" class:"money"`
	PlatformDiscountFen *money.Fen `json:"platform_discount_fen" class:"money"`
	TalentDiscountFen   *money.Fen `json:"talent_discount_fen" class:"money"`
	PaymentDiscountFen  *money.Fen `json:"payment_discount_fen" class:"money"`
	PriceChangeFen      *money.Fen `json:"price_change_fen" class:"money"`
	FreightFen          *money.Fen `json:"freight_fen" class:"money"`
	BuyerPaidFen        *money.Fen `json:"buyer_paid_fen" class:"money"`
	ReceivableFen       *money.Fen `json:"receivable_fen" class:"money"`
	RefundFen           *money.Fen `json:"refund_fen" class:"money"`
}

func moneyOf(a order.Amounts) Money {
	return Money{a.Goods, a.MerchantDiscount, a.PlatformDiscount, a.TalentDiscount, a.PaymentDiscount, a.PriceChange, a.Freight, a.BuyerPaid, a.Receivable, a.Refund}
}

// LineDetail is a line with its money and counters.
type LineDetail struct {
	LineRow
	Money             Money `json:"money"`
	Allocated         int64 `json:"allocated"`
	Delivered         int64 `json:"delivered"`
	ReturnRequested   int64 `json:"return_requested"`
	ReturnedGood      int64 `json:"returned_good"`
	ReturnedDefective int64 `json:"returned_defective"`
	Refunded          int64 `json:"refunded"`
	Reshipped         int64 `json:"reshipped"`
}

// HoldDetail is one open hold: what stops the order, who must act, since when.
type HoldDetail struct {
	Kind       string   `json:"kind"`
	Text       string   `json:"text"` // in the reader's language
	Note       string   `json:"note"`
	Owner      string   `json:"owner"`
	StopsShip  bool     `json:"stops_ship"`
	Releasable bool     `json:"releasable"`
	RaisedAt   web.Time `json:"raised_at"`
}

// Parcel is one parcel of the order.
type Parcel struct {
	ID            id.ID    `json:"id"`
	Carrier       string   `json:"carrier"`
	CarrierName   string   `json:"carrier_name"`
	WaybillNo     string   `json:"waybill_no"`
	Kind          string   `json:"kind"`
	WarehouseID   id.ID    `json:"warehouse_id"`
	WarehouseName string   `json:"warehouse_name"`
	ShippedAt     web.Time `json:"shipped_at"`
	ReportedAt    web.Time `json:"reported_at"`
}

// Detail answers one order. Errors: order.ErrNotFound, also for an order of a
// shop outside the actor's scope.
func (s *Service) Detail(ctx context.Context, orderID id.ID) (OrderDetail, error) {
	o, err := s.load(ctx, orderID)
	if err != nil {
		return OrderDetail{}, err
	}
	m, lang := actor.Merchant(ctx), actor.Lang(ctx)
	n, err := s.names(ctx, s.k.DB, m)
	if err != nil {
		return OrderDetail{}, err
	}
	d := OrderDetail{OrderRow: s.row(o, n, lang), ApprovedAt: web.Time(o.ApprovedAt), DeliveredAt: web.Time(o.DeliveredAt), ClosedAt: web.Time(o.ClosedAt),
		ClosedReason: o.ClosedReason, Source: o.Source, SourceAt: web.Time(o.SourceAt), Money: moneyOf(o.Amounts),
		LineDetails: []LineDetail{}, HoldDetails: holdDetails(o, lang)}
	for _, l := range o.Lines {
		d.LineDetails = append(d.LineDetails, LineDetail{lineRow(l), moneyOf(l.Amounts), l.Allocated, l.Delivered, l.ReturnRequested, l.ReturnedGood, l.ReturnedDefective, l.Refunded, l.Reshipped})
	}
	if d.Parcels, err = s.parcels(ctx, m, orderID, n, lang); err != nil {
		return OrderDetail{}, err
	}
	if d.FollowUps, err = s.linked(ctx, selectFollowUps, m, orderID, lang); err != nil || !o.FollowsUp() {
		return d, err
	}
	from, err := s.linked(ctx, selectMadeFrom, m, orderID, lang)
	if len(from) > 0 {
		d.MadeFrom = &from[0]
	}
	return d, err
}

// linked reads the other orders of reships and exchanges; they are of the same shop.
func (s *Service) linked(ctx context.Context, text string, m, orderID id.ID, lang string) ([]Linked, error) {
	out := []Linked{}
	err := db.Read(ctx, s.k.DB, text, []any{m, orderID}, func(r *db.Row) {
		l := Linked{OrderID: id.ID(r.Int()), Kind: r.Text(), Reason: r.Text(), Liable: r.Text(), When: r.Text()}
		fen := money.Fen(r.Int())
		l.DifferenceFen, l.Settlement, l.CaseID, l.ChannelOrderNo, l.State = &fen, r.Text(), id.ID(r.Int()), r.Text(), order.State(r.Int()).String()
		carrier := r.Text()
		if l.WaybillNo = r.Text(); l.WaybillNo != "" {
			if l.CarrierName = logistics.NameOf(carrier, lang); l.CarrierName == "" {
				l.CarrierName = carrier
			}
		}
		out = append(out, l)
	})
	return out, err
}

func (s *Service) load(ctx context.Context, orderID id.ID) (*order.Order, error) {
	os, err := s.orders.LoadTx(ctx, s.k.DB, []id.ID{orderID})
	if err != nil {
		return nil, err
	}
	if len(os) == 0 {
		return nil, order.ErrNotFound
	}
	return &os[0], nil
}

func holdDetails(o *order.Order, lang string) []HoldDetail {
	out := []HoldDetail{}
	for _, h := range o.Holds {
		r := order.RuleOf(h.Kind)
		text := r.ZH
		if lang == "en-US" {
			text = r.EN
		}
		out = append(out, HoldDetail{string(h.Kind), text, h.Note, r.Owner, r.StopsShip, r.Releasable, web.Time(h.RaisedAt)})
	}
	return out
}

func (s *Service) parcels(ctx context.Context, m, orderID id.ID, n names, lang string) ([]Parcel, error) {
	out := []Parcel{}
	for row := range db.Each(ctx, s.k.DB, selectParcels, m, orderID) {
		var p Parcel
		var o id.ID
		var shipped, reported int64
		if err := row.Scan(&p.ID, &o, &p.Carrier, &p.CarrierName, &p.WaybillNo, &p.Kind, &p.WarehouseID, &shipped, &reported); err != nil {
			return nil, err
		}
		if name := logistics.NameOf(p.Carrier, lang); name != "" {
			p.CarrierName = name
		}
		p.WarehouseName, p.ShippedAt, p.ReportedAt = n.warehouses[p.WarehouseID], web.Time(shipped), web.Time(reported)
		out = append(out, p)
	}
	return out, nil
}

// Timeline is what happened to one order, newest first.
func (s *Service) Timeline(ctx context.Context, orderID id.ID, cursor string, limit int) ([]event.Event, string, error) {
	if _, err := s.load(ctx, orderID); err != nil {
		return nil, "", err
	}
	return s.k.Events.List(ctx, s.k.DB, "order", orderID, cursor, limit)
}
