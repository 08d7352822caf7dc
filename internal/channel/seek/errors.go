package seek

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrSlow: the time of a search ended before the shop's channel answered.
	ErrSlow = errs.Define(errs.Unavailable, "seek.slow", "平台没有及时答复，结果里可能缺少该店的订单，请稍后再搜一次", "The channel did not answer in time; orders of this shop may be missing. Search again in a moment")
	// ErrUnsearchable: the channel hides receivers and says nothing by which to find them.
	ErrUnsearchable = errs.Define(errs.Conflict, "seek.unsearchable", "该平台会隐藏收件信息，且不提供按完整手机号或姓名的检索，请改用订单号或手机后四位", "This channel hides receivers and cannot be searched by a whole phone number or name; use the order number or the last four digits")
)
