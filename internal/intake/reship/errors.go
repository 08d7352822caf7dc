package reship

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrKind: neither a reship nor an exchange.
	ErrKind = errs.Define(errs.Invalid, "reship.bad_kind", "只能建补发单或换货单", "Only a reship or an exchange can be made")
	// ErrLines: nothing to send, a line of another order, or a bad quantity.
	ErrLines = errs.Define(errs.Invalid, "reship.bad_lines", "请选择该订单的商品和数量", "Choose lines of the order, with quantities")
	// ErrSKU: goods that cannot be sent.
	ErrSKU = errs.Define(errs.Invalid, "reship.unknown_sku", "没有该 SKU、已停用，或该明细还没有对应商品", "There is no such active SKU, or the line is not mapped to one")
	// ErrNotShipped: nothing of it has left.
	ErrNotShipped = errs.Define(errs.Conflict, "reship.not_shipped", "原订单的这个商品还没有发出，请直接发货或修改原订单", "These goods of the order have not left yet: ship them, or change the order")
	// ErrMore: more is sent again than was ordered, and nobody said that this is meant.
	ErrMore = errs.Define(errs.Conflict, "reship.beyond_ordered", "{sku} 已补发 {sent} 件，再补 {more} 件将超过原订单的 {ordered} 件，确认后才能继续", "{sent} of {sku} were sent again already; {more} more exceed the {ordered} ordered. Say that this is meant")
	// ErrTwice: the case has such an order already.
	ErrTwice = errs.Define(errs.Conflict, "reship.case_has_one", "这张售后单已有 {no}，确认后才能再建一张", "The case already has {no}; say that another one is meant")
	// ErrBack: more is to come back than is out.
	ErrBack = errs.Define(errs.Conflict, "reship.too_much_back", "{sku} 最多还能退回 {left} 件", "At most {left} of {sku} can still come back")
	// ErrReceiver: masked or ciphered, so a person has to type it.
	ErrReceiver = errs.Define(errs.Conflict, "reship.receiver_masked", "原订单的收件人由平台脱敏，只能用平台电子面单打印原订单；补发和换货请向买家取得并填写收件人", "The channel masks the order's receiver, and only its own waybill for that very order can print it. Ask the buyer and type the receiver")
	// ErrTyped: a receiver nobody can deliver to.
	ErrTyped = errs.Define(errs.Invalid, "reship.bad_receiver", "请填写完整的收件人、电话和地址，不能带星号", "Name, phone and address of the receiver are needed, without asterisks")
	// ErrReason: why it is made.
	ErrReason = errs.Define(errs.Invalid, "reship.reason_missing", "请填写原因（1 到 200 字）", "Give a reason of 1 to 200 characters")
	// ErrLiable: nobody, or somebody unknown, pays.
	ErrLiable = errs.Define(errs.Invalid, "reship.bad_liable", "请选择责任方", "Choose who pays for it")
	// ErrPrice: an exchange needs the price of what goes out.
	ErrPrice = errs.Define(errs.Invalid, "reship.bad_price", "请填写换出商品的单价", "Give the price of each piece that is sent")
	// ErrWorth: no source said what was paid for the goods sent back.
	ErrWorth = errs.Define(errs.Invalid, "reship.worth_unknown", "原订单没有这个商品的实付金额，请填写退回商品的价值", "Nobody told what was paid for the goods sent back: say what they are worth")
	// ErrDifference: not what the person saw.
	ErrDifference = errs.Define(errs.Conflict, "reship.difference_changed", "差额应为 {fen} 分，与所见不同，请核对后再提交", "The difference is {fen} fen, not what you saw; look again")
	// ErrSettlement: what happens with the difference.
	ErrSettlement = errs.Define(errs.Invalid, "reship.bad_settlement", "请说明差额如何处理", "Say what happens with the difference")
	// ErrCase: not a case of this order, or it has ended otherwise.
	ErrCase = errs.Define(errs.Conflict, "reship.bad_case", "这张售后单不属于该订单，或不能换货", "The case does not belong to the order, or is not about an exchange")
)
