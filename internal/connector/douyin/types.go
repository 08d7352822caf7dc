package douyin

import "github.com/ordercove/ordercove/internal/channel"

// columns are those of the 73 and the 75 column layout, and of the layout with
// one row per order whose line cells are joined by semicolons.
type columns struct {
	no, lineNo, status, orderType, aftersale, placed, paid, completed, shipped, shipBy channel.Col

	title, spec, quantity, itemNo, skuCode, articleNo, price, lineAmount channel.Col

	payable, freight, payDiscount, platformBorne, merchantBorne, talentBorne, income, payMethod channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, flag, express channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("主订单编号"), lineNo: h.Col("子订单编号"), status: h.Col("订单状态"), orderType: h.Col("订单类型"),
		aftersale: h.Col("售后状态"), placed: h.Col("订单提交时间"), paid: h.Col("支付完成时间"), completed: h.Col("订单完成时间"),
		shipped: h.Col("发货时间"), shipBy: h.Col("承诺发货时间"),
		title: h.Col("选购商品"), spec: h.Col("商品规格"), quantity: h.Col("商品数量"), itemNo: h.Col("商品ID"),
		skuCode: h.Col("商家编码"), articleNo: h.Col("货号"), price: h.Col("商品单价"), lineAmount: h.Col("商品金额"),
		payable: h.Col("订单应付金额"), freight: h.Col("运费"), payDiscount: h.Col("支付优惠"),
		platformBorne: h.Col("平台实际承担优惠金额"), merchantBorne: h.Col("商家实际承担优惠金额"),
		talentBorne: h.Col("达人实际承担优惠金额"), income: h.Col("商家收入金额"), payMethod: h.Col("支付方式"),
		name: h.Col("收件人"), phone: h.Col("收件人手机号"), province: h.Col("省"), city: h.Col("市"), district: h.Col("区"),
		town: h.Col("街道"), detail: h.Col("详细地址"), buyerNote: h.Col("买家留言"), sellerNote: h.Col("商家备注"),
		flag: h.Col("旗帜颜色"), express: h.Col("快递信息"),
	}
}
