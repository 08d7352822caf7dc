package xhs

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

var words = map[string]channel.Status{
	"待付款": channel.PendingPayment, "待支付": channel.PendingPayment, "已下单待付款": channel.PendingPayment,
	"待配货": channel.AwaitingShipment, "配货中": channel.AwaitingShipment, "待发货": channel.AwaitingShipment, "已支付": channel.AwaitingShipment,
	"部分发货": channel.PartlyShipped, "已发货": channel.Shipped, "待收货": channel.Shipped, "已签收": channel.Delivered,
	"已完成": channel.Completed, "已取消": channel.Closed, "已关闭": channel.Closed,
}

var refundWords = map[string]channel.RefundState{
	"无售后": channel.RefundNone, "无": channel.RefundNone, "售后关闭": channel.RefundNone, "售后取消": channel.RefundNone, "售后已取消": channel.RefundNone,
	"售后处理中": channel.RefundInProgress, "售后中": channel.RefundInProgress, "退款中": channel.RefundInProgress, "售后待处理": channel.RefundInProgress,
	"售后完成": channel.RefundDone, "售后成功": channel.RefundDone, "退款成功": channel.RefundDone, "退款完成": channel.RefundDone, "部分售后完成": channel.RefundPart,
	"售后拒绝": channel.RefundRejected, "售后已拒绝": channel.RefundRejected, "换货完成": channel.RefundExchanged, "换货成功": channel.RefundExchanged,
}

// build sums the rows' money: every row has the amounts of its own SKU.
func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		o.StatusRaw = r.Text(c.status)
		o.Status = r.Status(c.status, o.StatusRaw)
		o.ShopHint, o.BuyerNick, o.PaymentMethod = r.Text(c.shop), r.Text(c.buyer), r.Text(c.payMethod)
		o.PlacedAt, o.PaidAt, o.ShippedAt = r.Time(c.placed), r.Time(c.paidAt), r.Time(c.shipped)
		o.CompletedAt, o.ShipByAt = r.Time(c.completed), r.Time(c.shipBy)
		o.Receiver = channel.Receiver{Name: r.Text(c.name), Phone: r.Code(c.phone), Province: r.Text(c.province),
			City: r.Text(c.city), District: r.Text(c.district), Town: r.Text(c.town), Detail: r.Text(c.detail)}
		o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
		o.BuyerNote, o.SellerNote = r.Text(c.buyerNote), r.Text(c.sellerNote)
		lines(d, c)
		if strings.Contains(r.Text(c.orderType), "预售") {
			o.Flags = append(o.Flags, channel.FlagPresale)
		}
		if to := r.Text(c.transit); to != "" && !strings.ContainsAny(to, "否无-") {
			o.Flags = append(o.Flags, channel.FlagConsolidation, channel.FlagConsolidationTo+to)
		}
	}
}

func lines(d *channel.Draft, c columns) {
	o := &d.Order
	var m channel.Money
	states := make([]channel.Line, 0, len(d.Rows))
	for i := range d.Rows {
		r := d.Row(i)
		l := channel.Line{Title: r.Text(c.title), SKUText: r.Text(c.spec), MerchantSKUCode: r.Code(c.code), ChannelSKUNo: r.Code(c.skuNo),
			ChannelItemNo: r.Code(c.itemNo), Quantity: r.Quantity(c.quantity), RefundState: channel.RefundNone, IsGift: r.Text(c.gift) == "是"}
		if l.IsGift {
			l.PriceFen = channel.Zero()
		}
		o.Lines = append(o.Lines, l)
		states = append(states, channel.Line{IsGift: l.IsGift, RefundState: r.Refund(r.Text(c.aftersale))})
		m.Goods = channel.Plus(m.Goods, r.Fen(c.goods))
		m.Freight = channel.Plus(m.Freight, r.Fen(c.freight))
		m.MerchantDiscount = channel.Plus(m.MerchantDiscount, r.Fen(c.shopDiscount))
		m.PlatformDiscount = channel.Plus(m.PlatformDiscount, r.Fen(c.platformDiscount))
		m.PaymentDiscount = channel.Plus(m.PaymentDiscount, r.Fen(c.payDiscount))
		m.BuyerPaid = channel.Plus(m.BuyerPaid, r.Fen(c.payable))
		m.MerchantReceivable = channel.Plus(m.MerchantReceivable, r.Fen(c.receivable))
		if o.Waybill == nil {
			o.Waybill = r.Waybill(c.carrier, c.waybillNo)
		}
	}
	m.BuyerPaid = channel.PaidAmount(o, c.paidAt, m.BuyerPaid)
	o.Money, o.RefundState = m, channel.FoldRefunds(states)
}
