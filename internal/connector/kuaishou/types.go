package kuaishou

import "github.com/ordercove/ordercove/internal/channel"

type columns struct {
	no, giftNo, status, aftersale, placed, paidAt, deposit, shipped, shipBy, payMethod channel.Col

	title, spec, code, itemNo, price, quantity channel.Col

	paid, freight, shopDiscount, platformSubsidy, hostSubsidy, payDiscount channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, flag, carrier, waybillNo channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号", "订单编号"), giftNo: h.Col("赠品订单号"), status: h.Col("订单状态"), aftersale: h.Col("售后状态"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("订单支付时间"), deposit: h.Col("预售定金支付时间"), shipped: h.Col("发货时间"),
		shipBy: h.Col("预售/承诺发货时间", "承诺发货时间"), payMethod: h.Col("支付方式"),
		title: h.Col("商品名称"), spec: h.Col("商品规格"), code: h.Col("SKU编码"), itemNo: h.Col("商品ID"), price: h.Col("商品单价"), quantity: h.Col("成交数量"),
		paid: h.Col("实付款"), freight: h.Col("快递费"), shopDiscount: h.Col("店铺优惠"), platformSubsidy: h.Col("平台补贴"),
		hostSubsidy: h.Col("主播补贴"), payDiscount: h.Col("支付优惠"),
		name: h.Col("收货人姓名"), phone: h.Col("收货人电话"), province: h.Col("收货地址-省"), city: h.Col("收货地址-市"),
		district: h.Col("收货地址-区"), town: h.Col("收货地址-街道"), detail: h.Col("收货地址"),
		buyerNote: h.Col("买家留言"), sellerNote: h.Col("订单备注"), flag: h.Col("旗帜颜色"), carrier: h.Col("快递公司"), waybillNo: h.Col("快递单号"),
	}
}
