package waybill

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotFound     = errs.Define(errs.NotFound, "waybill.not_found", "没有这张面单", "There is no such waybill")
	ErrStanding     = errs.Define(errs.Conflict, "waybill.standing", "该发货单已有单号 {no}，请先回收再重新取号", "This fulfillment order already has the number {no}; cancel it before asking for another")
	ErrNotUncertain = errs.Define(errs.Conflict, "waybill.not_uncertain", "这张面单的取号结果已经明确，请刷新后再看", "What became of this waybill is known by now; reload to see it")
	ErrPieces       = errs.Define(errs.Invalid, "waybill.bad_pieces", "件数须在 1 到 {max} 之间", "The number of pieces must be between 1 and {max}")
	ErrStale        = errs.Define(errs.Conflict, "waybill.stale", "取号后订单内容有变，须重新取号或确认", "The orders changed after this waybill was issued; reissue or confirm it")
	ErrNotIssued    = errs.Define(errs.Conflict, "waybill.not_issued", "还没有取到单号", "The number has not been issued yet")
	ErrGone         = errs.Define(errs.Conflict, "waybill.order_changed", "取号时订单内容已变，请重新取号", "The orders changed while the number was being asked for; ask again")
	ErrContent      = errs.Define(errs.Conflict, "waybill.no_content", "读取不到包裹的收发件信息，无法取号", "The parcel's sender or receiver cannot be read, so no number can be asked for")
	ErrNoNumbers    = errs.Define(errs.Conflict, "waybill.no_numbers", "号段已用完，请补充单号", "No numbers are left; add more")
	ErrTaken        = errs.Define(errs.Conflict, "waybill.number_taken", "单号 {no} 已被其他包裹使用", "The number {no} already stands for another parcel")
	ErrFewer        = errs.Define(errs.Conflict, "waybill.fewer_pieces", "快递公司返回的子单号少于件数", "The carrier issued fewer numbers than there are pieces")
	ErrBadNumber    = errs.Define(errs.Invalid, "waybill.bad_number", "“{no}”不像该快递公司的单号", "“{no}” does not look like a number of this carrier")
	ErrKnown        = errs.Define(errs.Conflict, "waybill.number_known", "{n} 个单号此前已录入", "{n} of the numbers were added before")
)
