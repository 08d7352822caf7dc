package routing

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrBadScope = errs.Define(errs.Invalid, "routing.bad_scope",
		"范围只能是未分配的订单或所有未发出的订单", "The scope is the orders that are not allocated, or all that have not left")
	ErrAllKept = errs.Define(errs.Conflict, "routing.all_kept",
		"发货单已锁定（进波次、已打印或手工锁定）或已合并，不再重新分配", "Its fulfillment orders are sealed (in a wave, printed or by hand) or merged, and stay as they are")
	ErrNothing = errs.Define(errs.Conflict, "routing.nothing",
		"没有可分配的订单", "There is no order to allocate")
)
