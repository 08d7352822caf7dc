package wechat

import "github.com/ordercove/ordercove/internal/channel"

// columns are those of the 57 and the older 38 column layout.
type columns struct {
	no, status, placed, shipped, confirmed, settled, paidAt, giftNo, payMethod channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, flag, carrier, waybillNo channel.Col

	goods, paid, receivable, freight, itemDiscount, shopDiscount, priceChange, points channel.Col

	title, itemNo, itemCode, skuCode, spec, price, lineAmount, quantity, coupon, presale, sent, aftersale, refunded channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号"), status: h.Col("订单状态"), placed: h.Col("订单下单时间", "下单时间"), shipped: h.Col("订单发货时间", "发货时间"),
		confirmed: h.Col("订单确认收货时间", "确认收货时间"), settled: h.Col("订单完成结算时间"), paidAt: h.Col("支付时间"),
		giftNo: h.Col("礼物单号"), payMethod: h.Col("支付方式"),
		name: h.Col("收件人姓名"), phone: h.Col("收件人手机"), province: h.Col("省"), city: h.Col("市"), district: h.Col("区"),
		town: h.Col("街道"), detail: h.Col("收件人地址"), buyerNote: h.Col("买家备注", "买家留言"), sellerNote: h.Col("商家备注"), flag: h.Col("打标颜色"),
		carrier: h.Col("物流公司", "快递公司"), waybillNo: h.Col("快递单号", "物流单号"),
		goods: h.Col("商品总价"), paid: h.Col("订单实际支付金额"), receivable: h.Col("订单实际收款金额"), freight: h.Col("订单运费"),
		itemDiscount: h.Col("商品优惠"), shopDiscount: h.Col("跨店优惠"), priceChange: h.Col("商品改价"), points: h.Col("积分抵扣"),
		title: h.Col("商品名称"), itemNo: h.Col("商品编码(平台)"), itemCode: h.Col("商品编码(自定义)"), skuCode: h.Col("SKU编码(自定义)"),
		spec: h.Col("商品属性"), price: h.Col("商品价格(单件)", "商品价格"), lineAmount: h.Col("商品实际价格(总共)"), quantity: h.Col("商品数量"),
		coupon: h.Col("商品平台券优惠"), presale: h.Col("是否预售"), sent: h.Col("商品发货"), aftersale: h.Col("商品售后"), refunded: h.Col("商品已退款金额"),
	}
}
