package dropship

import "github.com/ordercove/ordercove/internal/kit/id"

// Moved: a supplier's order was sent, taken back, answered or shipped.
type Moved struct {
	FulfillmentOrderID id.ID  `json:"fulfillment_order_id"`
	SupplierID         id.ID  `json:"supplier_id"`
	State              State  `json:"state"`
	Reason             string `json:"reason,omitempty"`
}

func (Moved) EventName() string { return "dropship.moved" }
