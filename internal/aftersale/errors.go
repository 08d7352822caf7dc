package aftersale

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrNotFound: no such case, or not the actor's to see.
	ErrNotFound = errs.Define(errs.NotFound, "aftersale.not_found", "找不到这张售后单", "There is no such after-sale case")
	// ErrNotOpen: the case waits for nobody here.
	ErrNotOpen = errs.Define(errs.Conflict, "aftersale.not_open", "这张售后单现在不需要商家处理", "This case does not wait for an answer of the seller")
	// ErrDecided: this version of the case has been decided.
	ErrDecided = errs.Define(errs.Conflict, "aftersale.decided", "{name} 已处理过这张售后单，正在告知平台", "{name} has decided this case; the channel is being told")
	// ErrChanged: the case is not what the person saw.
	ErrChanged = errs.Define(errs.Conflict, "aftersale.changed", "售后单刚刚有变化，请查看后再处理", "The case has just changed; look at it again before deciding")
	// ErrOffline: the channel takes no decision from us.
	ErrOffline = errs.Define(errs.Conflict, "aftersale.offline", "该店铺的售后不能由接口处理，请到平台后台操作", "This shop's cases cannot be decided through its channel; use the channel's own back office")
	// ErrReason: a refusal says why.
	ErrReason = errs.Define(errs.Invalid, "aftersale.reason_missing", "拒绝售后需要填写原因（1 到 200 字）", "A refusal needs a reason of 1 to 200 characters")
	// ErrAmount: below zero, or more than was asked for.
	ErrAmount = errs.Define(errs.Invalid, "aftersale.bad_amount", "退款金额须在 0 与申请金额之间", "The refund lies between nothing and what was asked for")
	// ErrForPerson: the rules do not recommend to agree, so nobody agrees to it unread.
	ErrForPerson = errs.Define(errs.Conflict, "aftersale.for_person", "系统不建议直接同意，请打开单独处理", "The rules do not recommend to agree; open it and decide by hand")
	// ErrTooMany: more cases at once than are taken.
	ErrTooMany = errs.Define(errs.Invalid, "aftersale.too_many", "一次最多处理 {max} 张售后单", "At most {max} cases at once")
	// ErrUnanswered: told, but the channel has not said yes or no.
	ErrUnanswered = errs.Define(errs.Unavailable, "aftersale.unanswered", "已提交，平台尚未答复；结果会显示在售后单上", "Told; the channel has not answered yet. The case will show what it says")
	// ErrRefuseThere: no call of the channel refuses it.
	ErrRefuseThere = errs.Define(errs.Conflict, "aftersale.refuse_in_back_office", "该平台不支持用接口拒绝售后，请到平台后台拒绝并上传凭证", "This channel takes no refusal from here: refuse it in its own back office, with its proofs")
	// ErrRefuseUnshipped: the channel takes no refusal of what has not left.
	ErrRefuseUnshipped = errs.Define(errs.Conflict, "aftersale.refuse_unshipped", "货还没有发出，该平台不允许拒绝退款", "The goods have not left: this channel lets nobody refuse their refund")
	// ErrProof: something that the channel asks for is missing.
	ErrProof = errs.Define(errs.Invalid, "aftersale.proof_missing", "请确认平台要求的举证（{proof}）", "Confirm what the channel asks to be shown ({proof})")
	// ErrGoods: nothing is to come back, or it has come.
	ErrGoods = errs.Define(errs.Conflict, "aftersale.no_goods_awaited", "这张售后单没有等待退回的货", "No goods are awaited for this case")
	// ErrReceived: this parcel, or all that the case awaits, has been inspected.
	ErrReceived = errs.Define(errs.Conflict, "aftersale.received", "{name} 已验收过这个退货包裹", "{name} has inspected this returned parcel")
	// ErrNothing: a parcel in which nobody counted anything.
	ErrNothing = errs.Define(errs.Invalid, "aftersale.nothing_counted", "请至少登记一件（良品、残次或缺少）", "Count at least one piece: good, defective or missing")
	// ErrLine: not a line of the case's order, or twice.
	ErrLine = errs.Define(errs.Invalid, "aftersale.bad_line", "登记的商品不在这张售后单里", "A counted line does not belong to this case")
	// ErrTooMuch: more pieces than are out.
	ErrTooMuch = errs.Define(errs.Conflict, "aftersale.too_much", "登记数量超过可退回的 {left} 件", "More pieces than the {left} that can come back")
	// ErrNoOrder: goods cannot be booked for an order that we do not hold.
	ErrNoOrder = errs.Define(errs.Conflict, "aftersale.no_order", "还没有这张售后单的订单，请先同步订单", "We do not hold this case's order yet; pull it first")
	// ErrWaybill: a number nobody can scan.
	ErrWaybill = errs.Define(errs.Invalid, "aftersale.bad_waybill", "退货单号须为 4 到 40 位字母或数字", "A return waybill number has 4 to 40 letters or digits")
	// ErrParcel: no such returned parcel, or it has an owner.
	ErrParcel = errs.Define(errs.NotFound, "aftersale.parcel_not_found", "找不到这个待认领的退货包裹", "There is no such unclaimed returned parcel")
	// ErrNote: too long a note.
	ErrNote = errs.Define(errs.Invalid, "aftersale.note_too_long", "备注最多 200 字", "A note has at most 200 characters")
)
