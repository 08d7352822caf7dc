package review

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrChanged    = errs.Define(errs.Conflict, "review.changed", "审单规则刚被他人修改，请刷新后再试", "Somebody has just changed the review rules; look again and repeat")
	ErrBadPolicy  = errs.Define(errs.Invalid, "review.bad_policy", "审单设置有误：{field}", "The review settings are wrong: {field}")
	ErrUnknownSKU = errs.Define(errs.Invalid, "review.unknown_sku", "没有该 SKU 编码：{code}", "There is no SKU of this code: {code}")
	ErrNotFound   = errs.Define(errs.NotFound, "review.not_found", "没有该黑名单记录", "There is no such entry on the blacklist")
	ErrNoKey      = errs.Define(errs.Conflict, "review.no_key", "该订单没有可用于识别的明文信息", "This order tells nothing in plain by which to know the person again")
	ErrNoMessage  = errs.Define(errs.NotFound, "review.no_message", "没有该消息", "There is no such message")
	ErrNoText     = errs.Define(errs.Invalid, "review.no_text", "请填写内容", "Please write something")
	ErrTooLong    = errs.Define(errs.Invalid, "review.too_long", "内容过长（最多 {max} 字）", "The text is too long (at most {max} characters)")
)
