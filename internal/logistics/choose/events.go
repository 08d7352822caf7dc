package choose

import "github.com/ordercove/ordercove/internal/kit/id"

// RegionSuspended: from now on an account, or a carrier, brings nothing to a region (停发).
type RegionSuspended struct {
	SuspensionID id.ID  `json:"suspension_id"`
	AccountID    id.ID  `json:"account_id,omitempty"`
	Carrier      string `json:"carrier,omitempty"`
	Region       Region `json:"region"`
	EndsAt       int64  `json:"ends_at,omitempty"` // unix milliseconds; 0 until it is taken back
}

func (RegionSuspended) EventName() string { return "choose.region_suspended" }

// RegionResumed: the suspension holds no more, by its date or because it was taken back.
type RegionResumed struct {
	SuspensionID id.ID  `json:"suspension_id"`
	AccountID    id.ID  `json:"account_id,omitempty"`
	Carrier      string `json:"carrier,omitempty"`
	Region       Region `json:"region"`
}

func (RegionResumed) EventName() string { return "choose.region_resumed" }
