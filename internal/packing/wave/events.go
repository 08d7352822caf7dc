package wave

import "github.com/ordercove/ordercove/internal/kit/id"

// WaveMade: fulfillment orders are to be picked together.
type WaveMade struct {
	WaveID      id.ID `json:"wave_id"`
	WarehouseID id.ID `json:"warehouse_id"`
	Orders      int64 `json:"orders"`
}

func (WaveMade) EventName() string { return "wave.made" }

// WaveEnded: a wave was closed or cancelled.
type WaveEnded struct {
	WaveID id.ID `json:"wave_id"`
	State  State `json:"state"`
}

func (WaveEnded) EventName() string { return "wave.ended" }

// OrderLeft: a fulfillment order left its wave; what is in its basket goes back.
type OrderLeft struct {
	WaveID             id.ID  `json:"wave_id"`
	FulfillmentOrderID id.ID  `json:"fulfillment_order_id"`
	Position           int64  `json:"position"`
	Reason             string `json:"reason"`
	Picked             int64  `json:"picked"` // pieces in its basket
}

func (OrderLeft) EventName() string { return "wave.order_left" }

// PickedShort: goods that the books have were not on the shelf; somebody counts.
type PickedShort struct {
	WaveID      id.ID `json:"wave_id"`
	SKUID       id.ID `json:"sku_id"`
	WarehouseID id.ID `json:"warehouse_id"`
	Quantity    int64 `json:"quantity"`
}

func (PickedShort) EventName() string { return "wave.picked_short" }
