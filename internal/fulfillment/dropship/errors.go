package dropship

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotSent     = errs.Define(errs.Conflict, "dropship.not_sent", "该发货单没有在供应商处（状态：{state}）", "The fulfillment order is not with a supplier now ({state})")
	ErrAlreadySent = errs.Define(errs.Conflict, "dropship.already_sent", "该发货单已发给供应商", "The fulfillment order was sent to the supplier already")
	ErrOtherSource = errs.Define(errs.Conflict, "dropship.other_supplier", "该发货单不由此供应商发货", "This supplier does not ship that fulfillment order")
	ErrInactive    = errs.Define(errs.Conflict, "dropship.supplier_off", "供应商已停用", "The supplier is switched off")
	ErrBadCount    = errs.Define(errs.Invalid, "dropship.bad_count", "一次可处理 1 到 {max} 张发货单", "Between 1 and {max} fulfillment orders at once")
	ErrNoReason    = errs.Define(errs.Invalid, "dropship.no_reason", "请填写原因（不超过 200 字）", "Give a reason of at most 200 characters")
	ErrNoRows      = errs.Define(errs.Invalid, "dropship.no_rows", "文件里没有发货单号和快递单号两列，或没有填写单号", "The file has no columns for fulfillment order and waybill number, or none is filled in")
	ErrSealedOnly  = errs.Define(errs.Conflict, "dropship.needs_channel_waybill", "平台加密的收件信息不能以文本给出，请先取平台电子面单再发给供应商", "The channel sealed this receiver, which never leaves as text: issue the channel's waybill first, then send it")
)
