package waybill

import "github.com/ordercove/ordercove/internal/kit/id"

// Of is what every event of a waybill says.
type Of struct {
	WaybillID     id.ID  `json:"waybill_id"`
	FulfillmentID id.ID  `json:"fulfillment_id"`
	Version       int64  `json:"fulfillment_version"`
	Piece         int64  `json:"piece"`
	AccountID     id.ID  `json:"account_id"`
	Carrier       string `json:"carrier"`
	ShopID        id.ID  `json:"shop_id"`
}

// NumberIssued: the parcel has its number.
type NumberIssued struct {
	Of
	No string `json:"no"`
}

func (NumberIssued) EventName() string { return "waybill.issued" }

// NumberUpdated: what the waybill says follows changed orders; the number stays.
type NumberUpdated struct {
	Of
	No string `json:"no"`
}

func (NumberUpdated) EventName() string { return "waybill.updated" }

// NumberFailed: the issuer refuses this parcel; Code says why.
type NumberFailed struct {
	Of
	Code string `json:"error_code"`
}

func (NumberFailed) EventName() string { return "waybill.failed" }

// NumberCancelled: the number was given back, or never came.
type NumberCancelled struct {
	Of
	No string `json:"no"`
}

func (NumberCancelled) EventName() string { return "waybill.cancelled" }

// CancelRefused: the issuer does not take the number back; the parcel may travel.
type CancelRefused struct {
	Of
	No   string `json:"no"`
	Code string `json:"error_code"`
}

func (CancelRefused) EventName() string { return "waybill.cancel_refused" }
