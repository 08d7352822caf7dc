package legs

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrOneLeg = errs.Define(errs.Conflict, "legs.one_leg_only", "该订单不是集运/中转订单", "The order does not go by a transit warehouse")
	ErrEarly  = errs.Define(errs.Conflict, "legs.first_not_shipped", "第一程还没有发货", "The parcel to the transit warehouse has not left yet")
	ErrBadLeg = errs.Define(errs.Invalid, "legs.bad_number", "请填写第二程的快递公司与单号", "Give the carrier and the number of the second leg")
)
