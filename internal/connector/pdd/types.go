package pdd

import "github.com/ordercove/ordercove/internal/channel"

// columns are the order export's columns. A merchant picks them in the back
// office, so all but a few may be missing.
type columns struct {
	no, status, placed, grouped, confirmed, paid, shipped, received, shipBy channel.Col

	title, spec, specCode, itemCode, itemNo, skuNo, quantity channel.Col

	goods, freight, shopDiscount, platformDiscount, payDiscount, buyerPaid, receivable channel.Col

	name, phone, province, city, district, town, detail channel.Col

	aftersale, buyerNote, sellerNote, waybillNo, carrier, reviewing, payMethod channel.Col

	giftTitle, giftNo, giftSpec, giftQuantity channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号"), status: h.Col("订单状态"), placed: h.Col("订单成交时间"),
		grouped: h.Col("拼单成功时间"), confirmed: h.Col("订单确认时间"), paid: h.Col("支付时间"),
		shipped: h.Col("发货时间"), received: h.Col("确认收货时间"), shipBy: h.Col("承诺发货时间"),
		title: h.Col("商品", "商品名称"), spec: h.Col("商品规格"), specCode: h.Col("商家编码-规格维度", "商家编码-SKU维度"),
		itemCode: h.Col("商家编码-商品维度"), itemNo: h.Col("商品id"), skuNo: h.Col("样式ID"), quantity: h.Col("商品数量(件)", "商品数量"),
		goods: h.Col("商品总价(元)"), freight: h.Col("邮费(元)"), shopDiscount: h.Col("店铺优惠折扣(元)"),
		platformDiscount: h.Col("平台优惠折扣(元)"), payDiscount: h.Col("多多支付立减金额(元)"),
		buyerPaid: h.Col("用户实付金额(元)"), receivable: h.Col("商家实收金额(元)"),
		name: h.Col("收货人", "收件人"), phone: h.Col("手机", "手机号", "收货人手机"), province: h.Col("省"), city: h.Col("市"),
		district: h.Col("区"), town: h.Col("街道/镇", "街道"), detail: h.Col("详细地址", "收货地址"),
		aftersale: h.Col("售后状态"), buyerNote: h.Col("买家留言"), sellerNote: h.Col("商家备注"),
		waybillNo: h.Col("快递单号"), carrier: h.Col("快递公司"), reviewing: h.Col("是否审核中"), payMethod: h.Col("支付方式"),
		giftTitle: h.Col("赠品名称"), giftNo: h.Col("赠品id"), giftSpec: h.Col("赠品规格"), giftQuantity: h.Col("赠品数量"),
	}
}
