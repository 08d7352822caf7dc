package wxmall

import "github.com/ordercove/ordercove/internal/channel/wire"

// payment is what the platform knows of an order. Amounts are fen, times seconds.
type payment struct {
	Transaction wire.Text `json:"transaction_id"`
	TradeNo     wire.Text `json:"merchant_trade_no"`
	Description wire.Text `json:"description"`
	Paid        wire.Fen  `json:"paid_amount"`
	OpenID      wire.Text `json:"openid"`
	CreatedAt   wire.Int  `json:"trade_create_time"`
	PaidAt      wire.Int  `json:"pay_time"`
	State       wire.Text `json:"order_state"`
	Complaint   wire.Int  `json:"in_complaint"`
	Shipping    struct {
		Finished wire.Int `json:"finish_shipping"`
		Parcels  []struct {
			Waybill wire.Text `json:"tracking_no"`
			Company wire.Text `json:"express_company"`
			At      wire.Int  `json:"upload_time"`
		} `json:"shipping_list"`
	} `json:"shipping"`
}
