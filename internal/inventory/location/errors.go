package location

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNoCode  = errs.Define(errs.Invalid, "location.no_code", "没有库位；要清除请填 -", "There is no location; write - to take it away")
	ErrBadCode = errs.Define(errs.Invalid, "location.bad_code", "库位最多 {max} 个字", "A location has at most {max} characters")
	ErrTooMany = errs.Define(errs.Invalid, "location.bad_count", "一次可设置 1 到 {max} 个库位", "Between 1 and {max} locations at once")
)
