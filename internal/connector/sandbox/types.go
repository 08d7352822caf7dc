package sandbox

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel/wire"
)

type fault struct {
	Code         string   `json:"code"`
	Message      string   `json:"message"`
	RetryAfterMS wire.Int `json:"retry_after_ms"`
}

type listAnswer struct {
	ServerTime wire.Int          `json:"server_time"`
	Total      wire.Int          `json:"total"`
	Orders     []json.RawMessage `json:"orders"`
	Aftersales []json.RawMessage `json:"aftersales"`
}

type sandboxOrder struct {
	No          wire.Text `json:"no"`
	Status      string    `json:"status"`
	CreatedAt   wire.Int  `json:"created_at"`
	PaidAt      wire.Int  `json:"paid_at"`
	ModifiedAt  wire.Int  `json:"modified_at"`
	ShipByAt    wire.Int  `json:"ship_by_at"`
	CompletedAt wire.Int  `json:"completed_at"`
	Buyer       struct {
		Key  wire.Text `json:"key"`
		Nick string    `json:"nick"`
	} `json:"buyer"`
	Receiver struct {
		Name      string    `json:"name"`
		Phone     wire.Text `json:"phone"`
		Province  string    `json:"province"`
		City      string    `json:"city"`
		District  string    `json:"district"`
		Town      string    `json:"town"`
		Detail    string    `json:"detail"`
		Encrypted bool      `json:"encrypted"`
	} `json:"receiver"`
	BuyerNote  string   `json:"buyer_note"`
	SellerNote *string  `json:"seller_note"`
	Flag       wire.Int `json:"flag"`
	Holds      []string `json:"holds"`
	Amounts    struct {
		Goods              wire.Fen `json:"goods"`
		MerchantDiscount   wire.Fen `json:"merchant_discount"`
		PlatformDiscount   wire.Fen `json:"platform_discount"`
		Freight            wire.Fen `json:"freight"`
		BuyerPaid          wire.Fen `json:"buyer_paid"`
		MerchantReceivable wire.Fen `json:"merchant_receivable"`
	} `json:"amounts"`
	Lines        []sandboxLine `json:"lines"`
	RefundStatus string        `json:"refund_status"`
	Refund       wire.Fen      `json:"refund"`
	Parcels      []struct {
		Carrier   string    `json:"carrier"`
		Waybill   wire.Text `json:"waybill"`
		ShippedAt wire.Int  `json:"shipped_at"`
	} `json:"parcels"`
}

type sandboxLine struct {
	No           wire.Text `json:"no"`
	Title        string    `json:"title"`
	SKUText      string    `json:"sku_text"`
	SKUCode      wire.Text `json:"sku_code"`
	ItemNo       wire.Text `json:"item_no"`
	SKUNo        wire.Text `json:"sku_no"`
	Quantity     wire.Int  `json:"quantity"`
	Price        wire.Fen  `json:"price"`
	Paid         wire.Fen  `json:"paid"`
	Gift         bool      `json:"gift"`
	Status       string    `json:"status"`
	RefundStatus string    `json:"refund_status"`
	Refund       wire.Fen  `json:"refund"`
}

type sandboxCase struct {
	No            wire.Text `json:"no"`
	OrderNo       wire.Text `json:"order_no"`
	LineNo        wire.Text `json:"line_no"`
	Kind          string    `json:"kind"`
	State         string    `json:"state"`
	Version       wire.Text `json:"version"`
	Refund        wire.Fen  `json:"refund"`
	Quantity      wire.Int  `json:"quantity"`
	Reason        string    `json:"reason"`
	Note          string    `json:"note"`
	ReturnCarrier string    `json:"return_carrier"`
	ReturnWaybill wire.Text `json:"return_waybill"`
	CreatedAt     wire.Int  `json:"created_at"`
	ModifiedAt    wire.Int  `json:"modified_at"`
	DecideByAt    wire.Int  `json:"decide_by_at"`
}

type pushBody struct {
	EventID     wire.Text `json:"event_id"`
	Topic       string    `json:"topic"`
	OrderNo     wire.Text `json:"order_no"`
	AftersaleNo wire.Text `json:"aftersale_no"`
	At          wire.Int  `json:"at"`
}

type shipmentLine struct {
	No       string `json:"no"`
	Quantity int64  `json:"quantity"`
}

type linePaid struct {
	No   string `json:"no"`
	Paid int64  `json:"paid"`
}

type stockLevel struct {
	ItemNo   string `json:"item_no"`
	SKUNo    string `json:"sku_no"`
	Code     string `json:"code"`
	Quantity int64  `json:"quantity"`
}
