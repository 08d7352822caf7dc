package bulk

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrAction: nothing of that name is done in bulk.
	ErrAction = errs.Define(errs.Invalid, "bulk.unknown_action", "发货单没有批量操作“{action}”", "There is no bulk action “{action}” for fulfillment orders")
	// ErrAsIs: it is that way already.
	ErrAsIs = errs.Define(errs.Conflict, "bulk.as_it_is", "已经是这样，无需处理", "It is that way already; nothing to do")
	// ErrNoOpen: an order without an open fulfillment order.
	ErrNoOpen = errs.Define(errs.Conflict, "bulk.no_open_fulfillment_order", "订单没有待发的发货单（尚未分仓，或已发出）", "The order has no open fulfillment order: it is not allocated yet, or it has left")
	// ErrTooMany: more at once than one bulk action takes.
	ErrTooMany = errs.Define(errs.Invalid, "bulk.too_many", "一次最多 {max} 个发货单", "At most {max} fulfillment orders at once")
)
