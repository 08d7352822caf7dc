package fulfillment

import "github.com/ordercove/ordercove/internal/kit/id"

// OrderAllocated: an order's goods are reserved in the warehouse it ships from.
type OrderAllocated struct {
	OrderID            id.ID `json:"order_id"`
	FulfillmentOrderID id.ID `json:"fulfillment_order_id"`
	WarehouseID        id.ID `json:"warehouse_id"`
}

func (OrderAllocated) EventName() string { return "fulfillment.order_allocated" }

// ParcelShipped: a parcel was handed to the carrier, its stock deducted.
type ParcelShipped struct {
	ParcelID           id.ID  `json:"parcel_id"`
	OrderID            id.ID  `json:"order_id"`
	FulfillmentOrderID id.ID  `json:"fulfillment_order_id"`
	ShopID             id.ID  `json:"shop_id"`
	WarehouseID        id.ID  `json:"warehouse_id"`
	Carrier            string `json:"carrier"`
	WaybillNo          string `json:"waybill_no"`
	Quantity           int64  `json:"quantity"`
}

func (ParcelShipped) EventName() string { return "fulfillment.parcel_shipped" }

// ParcelTakenOver: a parcel that left without us is now known here.
type ParcelTakenOver struct {
	ParcelID  id.ID  `json:"parcel_id"`
	OrderID   id.ID  `json:"order_id"`
	ShopID    id.ID  `json:"shop_id"`
	Carrier   string `json:"carrier"`
	WaybillNo string `json:"waybill_no"`
}

func (ParcelTakenOver) EventName() string { return "fulfillment.parcel_taken_over" }

// ParcelReported: the merchant says that the channel knows the parcel.
type ParcelReported struct {
	ParcelID id.ID `json:"parcel_id"`
	OrderID  id.ID `json:"order_id"`
	ShopID   id.ID `json:"shop_id"`
}

func (ParcelReported) EventName() string { return "fulfillment.parcel_reported" }

// WaybillChanged: a parcel goes under another number; the channel is to be told.
type WaybillChanged struct {
	ParcelID   id.ID  `json:"parcel_id"`
	OrderID    id.ID  `json:"order_id"`
	ShopID     id.ID  `json:"shop_id"`
	OldCarrier string `json:"old_carrier"`
	OldNo      string `json:"old_no"`
	Carrier    string `json:"carrier"`
	No         string `json:"no"`
	Version    int64  `json:"version"` // of the parcel's number, from 1
}

func (WaybillChanged) EventName() string { return "fulfillment.waybill_changed" }

// OrderChanged: a fulfillment order has other content, a hold, or ended because its
// orders changed. Papers of an earlier version no longer count.
type OrderChanged struct {
	FulfillmentOrderID id.ID      `json:"fulfillment_order_id"`
	State              OrderState `json:"state"`
	Version            int64      `json:"version"`
	Sealed             string     `json:"sealed,omitempty"`
	Hold               string     `json:"hold,omitempty"`
}

func (OrderChanged) EventName() string { return "fulfillment.order_changed" }

// AppendPrompted: a new fulfillment order could travel with one that is sealed and
// has not left; a person decides.
type AppendPrompted struct {
	FulfillmentOrderID id.ID `json:"fulfillment_order_id"`
	SealedID           id.ID `json:"sealed_id"`
}

func (AppendPrompted) EventName() string { return "fulfillment.append_prompted" }

// OrdersEdited: fulfillment orders were split or merged, or that was undone.
type OrdersEdited struct {
	EditID id.ID   `json:"edit_id"`
	Kind   string  `json:"kind"`
	Undone bool    `json:"undone,omitempty"`
	Before []id.ID `json:"before"`
	After  []id.ID `json:"after"`
}

func (OrdersEdited) EventName() string { return "fulfillment.orders_edited" }
