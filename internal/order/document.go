package order

import (
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// ChannelStatus is the word every channel's own status maps to. It says what the
// channel believes, not what we do: the displayed state is computed elsewhere.
type ChannelStatus string

const (
	ChannelPendingPayment   ChannelStatus = "pending_payment"   // 待付款
	ChannelPartlyPaid       ChannelStatus = "partly_paid"       // 部分付款 (deposit)
	ChannelAwaitingShipment ChannelStatus = "awaiting_shipment" // 待发货
	ChannelPartlyShipped    ChannelStatus = "partly_shipped"    // 部分发货
	ChannelShipped          ChannelStatus = "shipped"           // 已发货
	ChannelDelivered        ChannelStatus = "delivered"         // 已签收
	ChannelCompleted        ChannelStatus = "completed"         // 已完成
	ChannelClosed           ChannelStatus = "closed"            // 已关闭
)

// RefundState is the channel's word on refunds, of a line or of the order.
type RefundState string

const (
	RefundNone       RefundState = "none"
	RefundInProgress RefundState = "in_progress"
	RefundPart       RefundState = "partly_refunded"
	RefundDone       RefundState = "refunded"
	RefundRejected   RefundState = "rejected"
	RefundExchanged  RefundState = "exchanged"
	RefundUnknown    RefundState = "unknown" // a word we do not know; kept raw and shown
)

// Document is what a channel says about one order at one moment, in our words.
// Files, pulls, pushes, people and the own mall's API all hand one to the door
// (intake). What the source does not carry stays nil or empty, never a made-up
// zero: a nil amount is unknown, and unknown never overwrites known.
type Document struct {
	ChannelOrderNo string `json:"channel_order_no"`
	ShopHint       string `json:"shop_hint,omitempty"` // the shop's name as the source writes it
	// Status is empty where an API's word, StatusRaw, is one we do not know: the order
	// is kept and held until a known word comes.
	Status    ChannelStatus `json:"status"`
	StatusRaw string        `json:"status_raw"`
	// Holds are channel locks: group_pending, gift_pending, risk_review, locked, paused.
	Holds []string `json:"holds,omitempty"`
	// Flags are typed facts such as presale, cash_on_delivery, gift_order.
	Flags []string `json:"flags,omitempty"`

	// Instants in unix milliseconds, 0 where the source has none.
	PlacedAt    int64 `json:"placed_at,omitempty"`
	PaidAt      int64 `json:"paid_at,omitempty"`
	ShippedAt   int64 `json:"shipped_at,omitempty"`
	CompletedAt int64 `json:"completed_at,omitempty"`
	ShipByAt    int64 `json:"ship_by_at,omitempty"`
	ModifiedAt  int64 `json:"modified_at,omitempty"` // the channel's own modified time; files have none
	// PlacedOn is the day (YYYY-MM-DD, China time) where only the day is known.
	PlacedOn string `json:"placed_on,omitempty"`

	BuyerNick     string   `json:"buyer_nick,omitempty"`
	BuyerKey      string   `json:"buyer_key,omitempty"` // the channel's stable buyer id, where it gives one
	PaymentMethod string   `json:"payment_method,omitempty"`
	Receiver      Receiver `json:"receiver"`
	Lines         []Line   `json:"lines"`
	// TotalQuantity counts pieces, gifts included; nil where the source cannot tell.
	// It can be known while a line's own quantity is not.
	TotalQuantity *int64 `json:"total_quantity,omitempty"`
	Money         Money  `json:"money"`

	RefundState RefundState `json:"refund_status"`
	RefundFen   *money.Fen  `json:"refund_fen,omitempty"`
	BuyerNote   string      `json:"buyer_note,omitempty"`
	SellerNote  string      `json:"seller_note,omitempty"`
	Flag        int         `json:"flag,omitempty"` // 0 none, 1 red … 5 purple
	// MemoTold, FlagTold: the source would tell a seller's note, a flag; none is one taken off.
	MemoTold bool     `json:"memo_told,omitempty"`
	FlagTold bool     `json:"flag_told,omitempty"`
	Waybill  *Waybill `json:"waybill,omitempty"`
	// Waybills are all the parcels, where the source tells more than one.
	Waybills []Waybill `json:"waybills,omitempty"`
}

// Receiver (收件人) as the channel gives it; see package receiver.
type Receiver = receiver.Receiver

// Line is one order line (订单明细) as the channel gives it.
type Line struct {
	ChannelLineNo   string        `json:"channel_line_no,omitempty"`
	Title           string        `json:"title"`
	SKUText         string        `json:"sku_text,omitempty"` // the spec as text: 红色 120cm
	MerchantSKUCode string        `json:"merchant_sku_code,omitempty"`
	ChannelItemNo   string        `json:"channel_item_no,omitempty"`
	ChannelSKUNo    string        `json:"channel_sku_no,omitempty"`
	Quantity        *int64        `json:"quantity"` // nil where the file cannot tell
	PriceFen        *money.Fen    `json:"price_fen,omitempty"`
	PaidFen         *money.Fen    `json:"paid_fen,omitempty"`
	IsGift          bool          `json:"is_gift,omitempty"`
	Status          ChannelStatus `json:"status,omitempty"`
	RefundState     RefundState   `json:"refund_status,omitempty"`
	RefundFen       *money.Fen    `json:"refund_fen,omitempty"`
	ImageURL        string        `json:"image_url,omitempty"`
	// SKUID is set where a person chose the SKU itself: such a line has no listing.
	SKUID id.ID `json:"sku_id,omitempty"`
}

// Money is the order's amounts by bearer, in fen; nil where the source is silent.
type Money struct {
	Goods              *money.Fen `json:"goods,omitempty"`
	MerchantDiscount   *money.Fen `json:"merchant_discount,omitempty"`
	PlatformDiscount   *money.Fen `json:"platform_discount,omitempty"`
	TalentDiscount     *money.Fen `json:"talent_discount,omitempty"`
	PaymentDiscount    *money.Fen `json:"payment_discount,omitempty"`
	Freight            *money.Fen `json:"freight,omitempty"`
	BuyerPaid          *money.Fen `json:"buyer_paid,omitempty"`
	MerchantReceivable *money.Fen `json:"merchant_receivable,omitempty"`
}

// Waybill is a parcel the channel already knows of.
type Waybill struct {
	Carrier string `json:"carrier"`
	No      string `json:"no"`
}
