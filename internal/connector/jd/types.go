package jd

import "github.com/ordercove/ordercove/internal/channel"

type columns struct {
	no, status, placed, paidAt, completed, payMethod, nick channel.Col

	itemNo, title, spec, code, price, quantity channel.Col

	goods, receivable, balance, payable, freight channel.Col

	name, detail, phone, buyerNote, sellerNote, carrier, waybillNo channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号", "订单编号"), status: h.Col("订单状态"), placed: h.Col("下单时间"), paidAt: h.Col("付款确认时间"),
		completed: h.Col("订单完成时间"), payMethod: h.Col("支付方式"), nick: h.Col("下单帐号", "下单账号"),
		itemNo: h.Col("商品ID"), title: h.Col("商品名称"), spec: h.Col("商品规格"), code: h.Col("货号", "商家SKUID"), price: h.Col("京东价"), quantity: h.Col("订购数量"),
		goods: h.Col("订单金额"), receivable: h.Col("结算金额", "商家应收"), balance: h.Col("余额支付"), payable: h.Col("应付金额"), freight: h.Col("运费金额"),
		name: h.Col("客户姓名"), detail: h.Col("客户地址"), phone: h.Col("联系电话"), buyerNote: h.Col("订单备注"), sellerNote: h.Col("商家备注"),
		carrier: h.Col("快递公司", "物流公司"), waybillNo: h.Col("快递单号", "物流单号", "运单号"),
	}
}
