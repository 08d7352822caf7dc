package issue

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrTooMany   = errs.Define(errs.Invalid, "issue.bad_count", "一次可处理 1 到 {max} 张发货单", "Between 1 and {max} fulfillment orders at once")
	ErrNoCarrier = errs.Define(errs.Conflict, "issue.no_carrier", "没有可用的快递账号（{choice}）", "No carrier account is left for this parcel ({choice})")
	ErrMasked    = errs.Define(errs.Conflict, "issue.masked_receiver", "收件信息是脱敏的，无法取号；请用平台电子面单或先获取明文", "The receiver is masked. Use the channel's own waybills, or obtain the plain data first")
	ErrCollect   = errs.Define(errs.Conflict, "issue.collect_unknown", "货到付款订单的代收金额不明（金额缺失或已拆单），请人工处理", "What to collect at the door is not known: the amount is missing or the order is split")
)
