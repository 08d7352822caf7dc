package taobao

import "github.com/ordercove/ordercove/internal/channel"

// listColumns are those of ExportOrderList and of the newer 订单报表.
type listColumns struct {
	no, status, nick, freight, paid, coupon, received, shop, refund channel.Col

	name, address, newAddress, phone, mobile, placed, paidAt, waybillNo, carrier channel.Col

	buyerNote, sellerNote, stages, confirmed, shipBy channel.Col
}

func findList(h *channel.Header) listColumns {
	return listColumns{
		no: h.Col("订单编号", "主订单编号"), status: h.Col("订单状态"), nick: h.Col("买家会员名", "买家昵称"), freight: h.Col("买家应付邮费"),
		paid: h.Col("买家实际支付金额", "买家实付金额"), coupon: h.Col("天猫卡券抵扣"), received: h.Col("打款商家金额", "确认收货打款金额"),
		shop: h.Col("店铺名称"), refund: h.Col("退款金额"),
		name: h.Col("收货人姓名"), address: h.Col("收货地址"), newAddress: h.Col("修改后的收货地址"), phone: h.Col("联系电话"), mobile: h.Col("联系手机"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("订单付款时间"), waybillNo: h.Col("物流单号"), carrier: h.Col("物流公司"),
		buyerNote: h.Col("买家留言"), sellerNote: h.Col("订单备注", "商家备注", "备注"), stages: h.Col("分阶段订单信息"),
		confirmed: h.Col("确认收货时间"), shipBy: h.Col("应发货时间"),
	}
}

// detailColumns are those of ExportOrderDetailList, old (10) and newer (18), and
// of the newer 销售明细.
type detailColumns struct {
	no, lineNo, title, price, quantity, spec, outerNo, code, status, itemNo channel.Col

	paid, refundState, refund, placed, paidAt, sellerNote, shipBy channel.Col

	alone bool // the file says enough about the order to stand without the list
}

func findDetail(h *channel.Header) detailColumns {
	c := detailColumns{
		no: h.Col("主订单编号", "订单编号"), lineNo: h.Col("子订单编号"), title: h.Col("标题", "商品标题", "宝贝标题"),
		price: h.Col("价格", "商品价格"), quantity: h.Col("购买数量"), spec: h.Col("商品属性", "规格名称"),
		outerNo: h.Col("外部系统编号"), code: h.Col("商家编码"), status: h.Col("订单状态"), itemNo: h.Col("商品ID"),
		paid: h.Col("买家实际支付金额", "买家实付金额"), refundState: h.Col("退款状态"), refund: h.Col("退款金额"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("订单付款时间"), sellerNote: h.Col("商家备注", "备注"), shipBy: h.Col("应发货时间"),
	}
	c.alone = c.status != channel.None && c.lineNo != channel.None && c.placed != channel.None
	return c
}

// receiver is one row of 发货报表.
type receiver struct{ name, mobile, address string }
