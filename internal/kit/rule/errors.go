package rule

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrShape: not JSON, or a node that is several things at once, or none.
	ErrShape = errs.Define(errs.Invalid, "rule.bad_shape", "条件 {path} 的写法有误：每一项只能是“全部满足”“任一满足”“不满足”或一个字段的比较", "The condition at {path} is malformed: each item is one of all, any, not, or the comparison of a field")
	// ErrUnknownField: nothing of this name can be asked here.
	ErrUnknownField = errs.Define(errs.Invalid, "rule.unknown_field", "条件 {path} 使用了未知字段“{field}”", "The condition at {path} asks for an unknown field, {field}")
	// ErrOperator: the field cannot be compared in this way.
	ErrOperator = errs.Define(errs.Invalid, "rule.bad_operator", "条件 {path}：字段“{field}”不支持“{op}”比较", "The condition at {path}: {field} cannot be compared by {op}")
	// ErrValue: the value does not fit the field, or is missing.
	ErrValue = errs.Define(errs.Invalid, "rule.bad_value", "条件 {path}：字段“{field}”的取值不正确", "The condition at {path}: the value does not fit {field}")
	// ErrTooBig: too deep, too many conditions, or too long a list.
	ErrTooBig = errs.Define(errs.Invalid, "rule.too_big", "条件过于复杂：最多 {depth} 层、{nodes} 项，列表最多 {values} 个值", "The condition is too big: at most {depth} levels, {nodes} items and {values} values in a list")
)
