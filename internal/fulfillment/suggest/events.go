package suggest

import "github.com/ordercove/ordercove/internal/kit/id"

// Appended: a new fulfillment order went into one that was sealed and had not left; the
// sealed one's papers are to be made anew.
type Appended struct {
	FulfillmentOrderID id.ID `json:"fulfillment_order_id"` // the new one, which is no more
	SealedID           id.ID `json:"sealed_id"`
}

func (Appended) EventName() string { return "suggest.appended" }
