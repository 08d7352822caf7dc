package waiting

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotWaiting = errs.Define(errs.Conflict, "waiting.not_waiting",
		"订单没有在等货", "The order does not wait for goods")
	ErrBadAgreement = errs.Define(errs.Invalid, "waiting.bad_agreement",
		"与买家的约定只能是 wait、replace 或 refund", "What was agreed with the buyer is wait, replace or refund")
)
