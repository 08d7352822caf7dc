package send

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrNotFound: no such effect, or not the actor's to see.
	ErrNotFound = errs.Define(errs.NotFound, "send.effect_not_found", "回传任务不存在", "There is no such task for the channel")
	// ErrNotOpen: the effect is done or being sent.
	ErrNotOpen = errs.Define(errs.Conflict, "send.effect_not_open", "该回传任务已完成或正在发送，不能再操作", "This task for the channel is done or being sent")
	// ErrCaseChanged: the case is no longer the one that was decided on.
	ErrCaseChanged = errs.Define(errs.Conflict, "send.case_changed", "售后单在平台上已有变化，请重新查看后再处理", "The case has changed at the channel; look at it again before deciding")
	// ErrBadCase: no case number, or an amount below zero.
	ErrBadCase = errs.Define(errs.Invalid, "send.bad_case", "售后单号为空或金额为负", "The case number is missing or the amount is below zero")
	// ErrOverLimit: more than the actor's roles may approve.
	ErrOverLimit = errs.Define(errs.Forbidden, "send.refund_over_limit", "退款金额超出你的额度（{limit_fen} 分），请由有权限的同事处理", "The refund passes your limit of {limit_fen} fen; ask somebody who may approve it")
	// ErrBadRange: no time, or too long a one.
	ErrBadRange = errs.Define(errs.Invalid, "send.bad_range", "时间范围有误，最多 {days} 天", "The range of time is wrong; at most {days} days")
	// ErrOffline: the shop has no connection to its channel.
	ErrOffline = errs.Define(errs.Conflict, "send.shop_offline", "该店铺没有接通平台接口，不能{what}", "This shop has no connection to its channel, so it cannot {what}")
	// ErrNumberless: the channel takes no shipment without a waybill number.
	ErrNumberless = errs.Define(errs.Conflict, "send.no_numberless", "该平台不接受没有运单号的发货，请在平台后台点发货", "This channel takes no shipment without a waybill number; ship the order in its back office")
	// ErrBadPlan: a value no stock plan may have.
	ErrBadPlan = errs.Define(errs.Invalid, "send.bad_stock_plan", "库存同步设置有误：{field}", "The stock settings are wrong: {field}")
	// ErrQuotaTooHigh: the shares of a SKU pass what there is.
	ErrQuotaTooHigh = errs.Define(errs.Conflict, "send.quota_too_high", "各店配额合计 {sum} 超过可售库存 {available}", "The shares add up to {sum}, more than the {available} available")
)
