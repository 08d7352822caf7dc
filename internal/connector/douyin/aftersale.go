package douyin

import "github.com/ordercove/ordercove/internal/channel"

var caseTypes = map[string]string{
	"仅退款": "refund_only", "退款": "refund_only", "售前退款": "refund_only", "未发货仅退款": "refund_only", "已发货仅退款": "refund_only",
	"退货退款": "return_refund", "退货": "return_refund", "换货": "exchange", "补寄": "reship", "补发商品": "reship",
	"维修": "repair", "价保": "price_protection",
}

var caseStates = map[string]string{
	"待处理": "pending", "售后待处理": "pending", "待商家处理": "pending", "售后中": "pending",
	"待退货": "buyer_to_return", "待买家退货": "buyer_to_return", "待收退货": "seller_to_receive", "待商家收货": "seller_to_receive",
	"同意退款,退款中": "refunding", "退款中": "refunding", "同意退款,退款失败": "refunding",
	"同意退款,退款成功": "refunded", "退款成功": "refunded", "换货成功": "exchanged", "补寄成功": "reshipped",
	"售后关闭": "closed", "售后已关闭": "closed", "售后已拒绝": "rejected", "售后拒绝": "rejected",
}

func readAftersales(in *channel.Input, yield channel.Yield) error {
	h := in.Sources[0].Header
	return channel.NewReading(in, yield).AftersaleRows(&in.Sources[0], channel.AftersaleColumns{
		No: h.Col("售后单号"), OrderNo: h.Col("订单号"), LineNo: h.Col("商品单号"), Type: h.Col("售后类型"), Status: h.Col("售后状态"),
		RefundGoods: h.Col("退商品金额(元)"), RefundFreight: h.Col("退运费金额(元)"), AppliedAt: h.Col("售后申请时间"),
		RespondBy: h.Col("自动处理截止时间"), RefundedAt: h.Col("用户到账时间"), RefundedAtAlso: h.Col("商家退款时间"),
		ReturnNo: h.Col("退货物流单号"), ReturnCarrier: h.Col("退货物流公司"), Reason: h.Col("售后原因"), Note: h.Col("用户售后说明"),
		Types: caseTypes, States: caseStates,
	})
}
