package channel

import "context"

// WaybillBatch is how many waybills one call may ask for.
const WaybillBatch = 10

// WaybillOutcome is what became of one request of several.
type WaybillOutcome struct {
	Waybill IssuedWaybill
	Err     error
}

// WaybillBatcher issues several waybills in one call, at most WaybillBatch, of one
// carrier, branch, service and sender. The outcomes stand in the order of the requests.
// Errors: of the call as a whole those of IssueWaybill; a refusal may then concern one
// parcel only, and asked for one by one the keys give the same waybills.
type WaybillBatcher interface {
	IssueWaybills(ctx context.Context, rs []WaybillRequest) ([]WaybillOutcome, error)
}

// WaybillSharer is implemented where a shop's account issues for orders of other shops too
// (共享单号). The client of the shop whose orders they are completes the request with who
// uses the number, and with what only that shop is told of its receiver.
type WaybillSharer interface {
	ShareWaybill(ctx context.Context, r *WaybillRequest) error
}
