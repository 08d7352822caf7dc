package legs

import "github.com/ordercove/ordercove/internal/kit/id"

// Told: the number of the parcel from the transit warehouse is known.
type Told struct {
	OrderID   id.ID  `json:"order_id"`
	Carrier   string `json:"carrier"`
	WaybillNo string `json:"waybill_no"`
}

func (Told) EventName() string { return "legs.second_told" }
