package obstacle

import (
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
)

// refusal is the hold of a parcel that no account takes, nil where one does. A dated
// suspension is named before all else, because it ends by itself; the hold bears the
// first instant at which an account takes the parcel again. One without an end is an area
// that is not served.
func refusal(c choose.Choice, now int64) *order.Raised {
	if c.AccountID != 0 || len(c.Trace) == 0 {
		return nil // it is taken, or the merchant has no account at all
	}
	off := true
	suspended, until, note := false, int64(0), ""
	unreachable := c.Why == choose.NotToDoor
	for _, step := range c.Trace {
		off = off && step.Reason == choose.Off
		switch {
		case step.Reason != choose.Suspended:
		case step.Until > now:
			if !suspended || step.Until < until {
				until, note = step.Until, step.Text
			}
			suspended = true
		default:
			unreachable = unreachable || c.Why == choose.Suspended
			if note == "" {
				note = step.Text
			}
		}
	}
	switch {
	case off:
		return nil // the accounts are switched off: numbers come from elsewhere
	case suspended:
		return &order.Raised{Kind: hold.CarrierSuspended, Note: note, UntilAt: until}
	case unreachable:
		return &order.Raised{Kind: hold.CarrierUnreachable, Note: note}
	}
	return &order.Raised{Kind: hold.CarrierUnset, Note: string(c.Why)}
}
