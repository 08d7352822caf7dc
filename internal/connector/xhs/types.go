package xhs

import "github.com/ordercove/ordercove/internal/channel"

type columns struct {
	no, status, aftersale, orderType, placed, paidAt, shipped, completed, shipBy, shop, buyer, payMethod channel.Col

	title, spec, skuNo, itemNo, code, quantity, gift channel.Col

	goods, payable, platformDiscount, shopDiscount, payDiscount, receivable, freight channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, carrier, waybillNo channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号"), status: h.Col("订单状态"), aftersale: h.Col("售后状态"), orderType: h.Col("订单类型"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("支付时间"), shipped: h.Col("订单发货时间"), completed: h.Col("订单完成时间"),
		shipBy: h.Col("承诺发货时间"), shop: h.Col("店铺名称"), buyer: h.Col("用户编号"), payMethod: h.Col("支付方式"),
		title: h.Col("SKU名称"), spec: h.Col("SKU规格"), skuNo: h.Col("规格ID"), itemNo: h.Col("小红书编码"), code: h.Col("商家编码", "SKU商家编码"),
		quantity: h.Col("SKU件数"), gift: h.Col("是否为赠品"),
		goods: h.Col("商品总价(元)"), payable: h.Col("用户应付金额(元)"), platformDiscount: h.Col("平台优惠(元)"), shopDiscount: h.Col("店铺优惠(元)"),
		payDiscount: h.Col("支付渠道优惠(元)"), receivable: h.Col("商家应收金额(元)(支付金额)", "商家应收金额(元)"), freight: h.Col("包裹总运费(元)"),
		name: h.Col("收件人姓名"), phone: h.Col("收件人电话"), province: h.Col("省"), city: h.Col("市"), district: h.Col("区"), town: h.Col("街道"), detail: h.Col("收件人地址"),
		buyerNote: h.Col("用户备注"), sellerNote: h.Col("包裹备注信息"), carrier: h.Col("快递公司"), waybillNo: h.Col("快递单号"),
	}
}
