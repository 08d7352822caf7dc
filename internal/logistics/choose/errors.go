package choose

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrRule       = errs.Define(errs.NotFound, "choose.no_rule", "没有这条快递规则", "There is no such carrier rule")
	ErrChanged    = errs.Define(errs.Conflict, "choose.changed", "规则刚被别人改过，请刷新后再改", "Someone else just changed this rule; reload and try again")
	ErrName       = errs.Define(errs.Invalid, "choose.bad_name", "请填写规则名称，最多 {max} 个字", "Give the rule a name of at most {max} characters")
	ErrEffect     = errs.Define(errs.Invalid, "choose.bad_effect", "规则须选择优先、限定或排除，并至少选一个账号", "A rule prefers, requires or excludes, and names at least one account")
	ErrPrice      = errs.Define(errs.Invalid, "choose.bad_price", "第 {row} 行运价无效：首重、续重须大于零，金额不能为负", "Price row {row} is not usable: weights must be above zero and amounts not negative")
	ErrPriceTwice = errs.Define(errs.Invalid, "choose.price_twice", "第 {row} 行与前面的地区重复", "Price row {row} repeats a region")
	ErrTooMany    = errs.Define(errs.TooLarge, "choose.too_many_prices", "一个账号最多 {max} 行运价", "An account has at most {max} price rows")
	ErrPeriod     = errs.Define(errs.Invalid, "choose.bad_period", "结束时间须晚于开始时间", "The end must come after the start")
	ErrReason     = errs.Define(errs.Invalid, "choose.no_reason", "请填写停发原因", "Say why nothing is delivered there")
	ErrSuspension = errs.Define(errs.NotFound, "choose.no_suspension", "没有这条停发记录", "There is no such suspension")
)
