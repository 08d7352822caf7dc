package wechat

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

var words = map[string]channel.Status{
	"待付款": channel.PendingPayment, "待支付": channel.PendingPayment,
	"待发货": channel.AwaitingShipment, "已付款": channel.AwaitingShipment,
	"部分发货": channel.PartlyShipped,
	"待收货":  channel.Shipped, "已发货": channel.Shipped,
	"已完成": channel.Completed,
	"已取消": channel.Closed, "已关闭": channel.Closed, "全部商品售后之后,订单取消": channel.Closed,
}

var refundWords = map[string]channel.RefundState{
	"无": channel.RefundNone, "用户取消申请": channel.RefundNone, "售后关闭": channel.RefundNone, "退款关闭": channel.RefundNone, "用户撤销申请": channel.RefundNone,
	"商家处理中": channel.RefundInProgress, "商家受理中": channel.RefundInProgress, "待商家处理": channel.RefundInProgress, "待买家退货": channel.RefundInProgress,
	"待用户退货": channel.RefundInProgress, "待商家收货": channel.RefundInProgress, "平台退款中": channel.RefundInProgress, "退款中": channel.RefundInProgress,
	"平台处理中": channel.RefundInProgress, "换货中": channel.RefundInProgress, "处理中": channel.RefundInProgress,
	"退款完成": channel.RefundDone, "退款成功": channel.RefundDone, "退货退款完成": channel.RefundDone, "已退款": channel.RefundDone, "部分退款": channel.RefundPart,
	"商家拒绝退款": channel.RefundRejected, "商家拒绝": channel.RefundRejected, "商家拒绝退货退款": channel.RefundRejected, "商家拒绝换货": channel.RefundRejected,
	"换货完成": channel.RefundExchanged, "换货成功": channel.RefundExchanged,
}

var flags = map[string]int{"红色": 1, "黄色": 2, "绿色": 3, "蓝色": 4, "紫色": 5, "红": 1, "黄": 2, "绿": 3, "蓝": 4, "紫": 5}

// sent are the words of 商品发货.
var sent = map[string]channel.Status{"已发货": channel.Shipped, "未发货": channel.AwaitingShipment, "部分发货": channel.PartlyShipped}

// build takes what belongs to the order from its first row only: further rows
// repeat it or leave it blank, and summing it would double the revenue.
func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		o.StatusRaw = r.Text(c.status)
		o.Status = r.Status(c.status, o.StatusRaw)
		o.PlacedAt, o.PaidAt, o.ShippedAt = r.Time(c.placed), r.Time(c.paidAt), r.Time(c.shipped)
		if o.CompletedAt = r.Time(c.confirmed); o.CompletedAt == 0 {
			o.CompletedAt = r.Time(c.settled)
		}
		o.Receiver = channel.Receiver{Name: r.Text(c.name), Phone: r.Code(c.phone), Province: r.Text(c.province),
			City: r.Text(c.city), District: r.Text(c.district), Town: r.Text(c.town), Detail: r.Text(c.detail)}
		o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
		o.BuyerNote, o.SellerNote, o.PaymentMethod = r.Text(c.buyerNote), r.Text(c.sellerNote), r.Text(c.payMethod)
		o.Flag = flags[r.Text(c.flag)]
		o.Waybill = r.Waybill(c.carrier, c.waybillNo)
		m := channel.Money{Goods: r.Fen(c.goods), Freight: r.Fen(c.freight), PaymentDiscount: r.Fen(c.points),
			MerchantDiscount: channel.Plus(r.Fen(c.itemDiscount), r.Fen(c.shopDiscount), r.Fen(c.priceChange)),
			BuyerPaid:        r.Fen(c.paid), MerchantReceivable: r.Fen(c.receivable)}
		presale := false
		for i := range d.Rows {
			row := d.Row(i)
			o.Lines = append(o.Lines, line(row, c, o.Status))
			m.PlatformDiscount = channel.Plus(m.PlatformDiscount, row.Fen(c.coupon))
			o.RefundFen = channel.Plus(o.RefundFen, row.Fen(c.refunded))
			presale = presale || row.Text(c.presale) == "是"
		}
		if m.Goods == nil {
			m.Goods = channel.GoodsTotal(o.Lines)
		}
		if o.Status == channel.PendingPayment && m.BuyerPaid != nil {
			m.BuyerPaid = channel.Zero()
		}
		o.Money, o.RefundState = m, channel.FoldRefunds(o.Lines)
		if presale {
			o.Flags = append(o.Flags, channel.FlagPresale)
		}
		if r.Text(c.giftNo) != "" {
			o.Flags = append(o.Flags, channel.FlagGiftOrder)
		}
	}
}

func line(r channel.Cells, c columns, order channel.Status) channel.Line {
	l := channel.Line{Title: r.Text(c.title), SKUText: r.Text(c.spec), MerchantSKUCode: channel.FirstOf(r.Code(c.skuCode), r.Code(c.itemCode)),
		ChannelItemNo: r.Code(c.itemNo), Quantity: r.Quantity(c.quantity), PriceFen: r.Fen(c.price), PaidFen: r.Fen(c.lineAmount),
		RefundState: r.Refund(r.Text(c.aftersale)), RefundFen: r.Fen(c.refunded), Status: order}
	if order == channel.AwaitingShipment || order == channel.PartlyShipped {
		if s, ok := sent[r.Text(c.sent)]; ok {
			l.Status = s
		}
	}
	return l
}
