package waiting

import "github.com/ordercove/ordercove/internal/kit/id"

// ShortageAgreed: it was agreed with the buyer what becomes of an order that is short.
type ShortageAgreed struct {
	OrderID id.ID  `json:"order_id"`
	Agreed  string `json:"agreed"` // wait | replace | refund
}

func (ShortageAgreed) EventName() string { return "waiting.shortage_agreed" }
