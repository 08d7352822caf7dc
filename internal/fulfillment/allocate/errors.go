package allocate

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrBadRule = errs.Define(errs.Invalid, "allocate.bad_rule",
		"规则不完整：名称 1 到 60 字，策略和缺货处理须从列表中选择", "The rule is not complete: a name of 1 to 60 characters, a strategy and a shortage policy of the list")
	ErrRuleChanged = errs.Define(errs.Conflict, "allocate.rule_changed",
		"规则刚被别人改过或已删除，请刷新后再改", "Someone else just changed or deleted the rule; reload and try again")
	ErrBadArea = errs.Define(errs.Invalid, "allocate.bad_area",
		"覆盖区域不正确：同一省、市只能有一行，城市须有省份，距离和运费不能小于零", "The areas are wrong: one row per place, no city without its province, and neither distance nor freight below zero")
)
