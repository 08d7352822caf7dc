package verify

import "github.com/ordercove/ordercove/internal/kit/id"

// ParcelVerified: everything that belongs into a parcel was found in it, and it left.
type ParcelVerified struct {
	SessionID          id.ID  `json:"session_id"`
	FulfillmentOrderID id.ID  `json:"fulfillment_order_id"`
	Bench              string `json:"bench"`
	Pieces             int64  `json:"pieces"`
	Forced             int64  `json:"forced,omitempty"` // pieces passed unscanned
	Gram               int64  `json:"gram,omitempty"`
}

func (ParcelVerified) EventName() string { return "verify.parcel_verified" }

// ParcelStopped: a parcel that must not leave was scanned and stopped.
type ParcelStopped struct {
	FulfillmentOrderID id.ID  `json:"fulfillment_order_id"`
	Bench              string `json:"bench"`
	Refusal            string `json:"refusal"` // error code
}

func (ParcelStopped) EventName() string { return "verify.parcel_stopped" }

// ParcelsHandedOver: a courier took parcels.
type ParcelsHandedOver struct {
	HandoverID id.ID  `json:"handover_id"`
	Carrier    string `json:"carrier"`
	Parcels    int64  `json:"parcels"`
}

func (ParcelsHandedOver) EventName() string { return "verify.parcels_handed_over" }
