package view

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// OrderRow is one order of the list. Personal data is masked.
type OrderRow struct {
	ID             id.ID          `json:"id"`
	ShopID         id.ID          `json:"shop_id"`
	ShopName       string         `json:"shop_name"`
	Channel        string         `json:"channel"`
	ChannelOrderNo string         `json:"channel_order_no"`
	OrderType      string         `json:"order_type"`
	State          string         `json:"state" enum:"pending_payment,awaiting_approval,awaiting_shipment,partly_shipped,shipped,delivered,completed,closed"`
	Problem        bool           `json:"problem"`
	InAftersale    bool           `json:"in_aftersale"`
	Unread         bool           `json:"unread"`
	Archived       bool           `json:"archived"`
	History        bool           `json:"history"`
	Payment        string         `json:"payment"`
	PaymentMethod  string         `json:"payment_method"`
	ChannelStatus  string         `json:"channel_status_raw"`
	ChannelLocks   []string       `json:"channel_locks"`
	ChannelFlags   []string       `json:"channel_flags"`
	RefundState    string         `json:"refund_state"`
	PlacedAt       web.Time       `json:"placed_at"`
	PaidAt         web.Time       `json:"paid_at"`
	ShipByAt       web.Time       `json:"ship_by_at"`
	ShippedAt      web.Time       `json:"shipped_at"`
	CompletedAt    web.Time       `json:"completed_at"`
	GoodsFen       *money.Fen     `json:"goods_fen" class:"money"`
	FreightFen     *money.Fen     `json:"freight_fen" class:"money"`
	BuyerPaidFen   *money.Fen     `json:"buyer_paid_fen" class:"money"`
	ReceivableFen  *money.Fen     `json:"receivable_fen" class:"money"`
	RefundFen      *money.Fen     `json:"refund_fen" class:"money"`
	BuyerNick      string         `json:"buyer_nick"`
	ReceiverMasked string         `json:"receiver_masked"`
	ReceiverKind   string         `json:"receiver_kind" enum:"none,plain,masked,sealed"`
	Province       string         `json:"province"`
	City           string         `json:"city"`
	District       string         `json:"district"`
	BuyerNote      string         `json:"buyer_note"`
	SellerNote     string         `json:"seller_note"`
	Flag           int64          `json:"flag" minimum:"0" maximum:"5"`
	Tags           []string       `json:"tags"`
	Holds          []string       `json:"holds"`
	WarehouseID    id.ID          `json:"warehouse_id"`
	WarehouseName  string         `json:"warehouse_name"`
	Carrier        string         `json:"carrier"`
	CarrierName    string         `json:"carrier_name"`
	WaybillNo      string         `json:"waybill_no"`
	ParcelCount    int64          `json:"parcel_count"`
	LineCount      int64          `json:"line_count"`
	Quantity       int64          `json:"quantity"`
	Version        int64          `json:"version"`
	AllowedActions []order.Action `json:"allowed_actions"`
	Lines          []LineRow      `json:"lines"`
}

// LineRow is one order line in a list.
type LineRow struct {
	ID            id.ID      `json:"id"`
	Title         string     `json:"title"`
	Spec          string     `json:"spec"`
	SKUID         id.ID      `json:"sku_id"`
	SKUCode       string     `json:"sku_code"`
	ImageURL      string     `json:"image_url"`
	PriceFen      *money.Fen `json:"price_fen" class:"money"`
	Quantity      int64      `json:"quantity"`
	QuantityKnown bool       `json:"quantity_known"`
	Cancelled     int64      `json:"cancelled"`
	Shipped       int64      `json:"shipped"`
	IsGift        bool       `json:"is_gift"`
	RefundState   string     `json:"refund_state"`
}

// rows loads orders by id, in the order asked.
func (s *Service) rows(ctx context.Context, q db.Querier, keys []id.ID, n names) ([]OrderRow, error) {
	out := make([]OrderRow, 0, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	orders, err := listed(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	lang := actor.Lang(ctx)
	for i := range orders {
		out = append(out, s.row(orders[i], n, lang))
	}
	return out, nil
}

func (s *Service) row(o *order.Order, n names, lang string) OrderRow {
	r := OrderRow{
		ID: o.ID, ShopID: o.ShopID, ShopName: n.shops[o.ShopID], Channel: o.Channel, ChannelOrderNo: o.ChannelOrderNo,
		OrderType: o.Type, State: o.State.String(), Problem: o.Problem, InAftersale: o.InAftersale, Unread: o.Unread,
		Archived: o.Archived, History: o.History, Payment: string(o.Payment), PaymentMethod: o.PaymentMethod,
		ChannelStatus: o.ChannelStatusRaw, ChannelLocks: some(o.ChannelLocks), ChannelFlags: some(o.ChannelFlags), RefundState: string(o.RefundState),
		PlacedAt: web.Time(o.PlacedAt), PaidAt: web.Time(o.PaidAt), ShipByAt: web.Time(o.ShipByAt), ShippedAt: web.Time(o.ShippedAt), CompletedAt: web.Time(o.CompletedAt),
		GoodsFen: o.Amounts.Goods, FreightFen: o.Amounts.Freight, BuyerPaidFen: o.Amounts.BuyerPaid, ReceivableFen: o.Amounts.Receivable, RefundFen: o.Amounts.Refund,
		BuyerNick: o.BuyerNick, ReceiverMasked: o.ReceiverMasked, ReceiverKind: o.ReceiverKind, Province: o.Province, City: o.City, District: o.District,
		BuyerNote: o.BuyerNote, SellerNote: o.SellerNote, Flag: o.Flag, Tags: some(o.Tags), Holds: []string{},
		WarehouseID: o.WarehouseID, WarehouseName: n.warehouses[o.WarehouseID], Carrier: o.Carrier, CarrierName: logistics.NameOf(o.Carrier, lang),
		WaybillNo: o.WaybillNo, ParcelCount: o.ParcelCount, LineCount: o.LineCount, Quantity: o.Quantity, Version: o.Version,
		AllowedActions: some(s.orders.AllowedActions(*o, n.modes[o.ShopID])), Lines: make([]LineRow, 0, len(o.Lines)),
	}
	for _, h := range o.Holds {
		r.Holds = append(r.Holds, string(h.Kind))
	}
	for _, l := range o.Lines {
		r.Lines = append(r.Lines, lineRow(l))
	}
	return r
}

func lineRow(l order.OrderLine) LineRow {
	return LineRow{ID: l.ID, Title: l.Title, Spec: l.Spec, SKUID: l.SKUID, SKUCode: l.SKUCode, ImageURL: l.ImageURL, PriceFen: l.Price,
		Quantity: l.Ordered, QuantityKnown: l.QuantityKnown, Cancelled: l.Cancelled, Shipped: l.Shipped, IsGift: l.IsGift, RefundState: string(l.RefundState)}
}

// some makes an absent list an empty one: JSON readers get [] and never null.
func some[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return slices.Clip(v)
}
