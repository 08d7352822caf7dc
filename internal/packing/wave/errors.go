package wave

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotFound  = errs.Define(errs.NotFound, "wave.not_found", "没有这个波次", "There is no such wave")
	ErrNothing   = errs.Define(errs.Conflict, "wave.nothing_to_pick", "没有符合条件的待拣发货单", "No open fulfillment order fits this choice")
	ErrBadChoice = errs.Define(errs.Invalid, "wave.bad_choice", "波次条件不正确：一波 1 到 {max} 单", "The choice is not valid: a wave has 1 to {max} fulfillment orders")
	ErrTaken     = errs.Define(errs.Conflict, "wave.order_taken", "已在别的波次里，或刚变动、暂时不能拣", "In another wave already, just changed, or not to be picked now")
	ErrEnded     = errs.Define(errs.Conflict, "wave.ended", "波次已结束（{state}）", "The wave has ended ({state})")
	ErrNotPicked = errs.Define(errs.Conflict, "wave.not_picked", "还有 {left} 件没有拣，不能完成波次", "{left} pieces are not picked yet; the wave cannot be closed")
	ErrNoSKU     = errs.Define(errs.NotFound, "wave.sku_not_wanted", "这个波次不需要该商品", "This wave does not want that item")
	ErrTooMuch   = errs.Define(errs.Conflict, "wave.too_much", "数量超过待拣数量（还需 {left} 件）", "More than is wanted ({left} left)")
	ErrQuantity  = errs.Define(errs.Invalid, "wave.bad_quantity", "数量必须是 1 到 100000", "A quantity is 1 to 100,000")
	ErrNoCount   = errs.Define(errs.NotFound, "wave.count_not_found", "没有这条待确认的盘点差异", "There is no such count to decide on")
	ErrBadCutOff = errs.Define(errs.Invalid, "wave.bad_cut_off", "截单时间不正确：快递须是系统里有的，时间为 00:00 到 23:59，最多 {max} 条", "The cut-offs are not valid: known carriers, times from 00:00 to 23:59, {max} at most")
	ErrNotIn     = errs.Define(errs.NotFound, "wave.order_not_in", "发货单不在这个波次里", "The fulfillment order is not in this wave")
)
