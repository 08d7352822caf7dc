package waiting

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotWaiting = errs.Define(errs.Conflict, "waiting.not_waiting",
		"订单没有在等货", "The order does not wait for goods")
	ErrBadAgreement = errs.Define(errs.Invalid, "waiting.bad_agreement",
		"与买家的约定只能是 wait、replace 或 refund", "What was agreed with the buyer is wait, replace or refund")
	ErrBadPromise = errs.Define(errs.Invalid, "waiting.bad_promise",
		"承诺的发货时间已经过去", "The day that was promised has passed")
	ErrBadOutcome = errs.Define(errs.Invalid, "waiting.bad_outcome",
		"不认识筛选条件 {outcome}", "{outcome} is not something orders can be filtered by")
	ErrRefundAgreed = errs.Define(errs.Conflict, "waiting.refund_agreed",
		"已与买家约定退款，不再分配", "A refund was agreed with the buyer: no goods are given to it")
	ErrSameSKU = errs.Define(errs.Invalid, "waiting.same_sku",
		"换的还是原来的商品", "These are the goods that are missing")
	ErrNothingMissing = errs.Define(errs.Conflict, "waiting.nothing_missing",
		"这一行已全部分配，没有可换的件数", "All of this line is allocated: there is nothing to replace")
	ErrNothingChosen = errs.Define(errs.Invalid, "waiting.nothing_chosen",
		"请选择 1 到 {max} 个订单", "Choose between 1 and {max} orders")
)
