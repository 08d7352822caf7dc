package pdd

import (
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
)

// words lists old (签收) and new (收货) wordings. "Signed" is the last word here, so
// it completes the order.
var words = map[string]channel.Status{
	"待支付": channel.PendingPayment, "待付款": channel.PendingPayment,
	"待发货":     channel.AwaitingShipment,
	"部分发货":    channel.PartlyShipped,
	"已发货,待签收": channel.Shipped, "已发货,待收货": channel.Shipped, "已发货": channel.Shipped,
	"已签收": channel.Completed, "已收货": channel.Completed, "交易成功": channel.Completed, "已完成": channel.Completed,
	"未发货,退款成功": channel.Closed, "已发货,退款成功": channel.Closed, "未发货退款成功": channel.Closed, "已发货退款成功": channel.Closed,
	"退款成功": channel.Closed, "已取消": channel.Closed, "交易关闭": channel.Closed, "交易已取消": channel.Closed, "已关闭": channel.Closed,
}

var refundWords = map[string]channel.RefundState{
	"无售后或售后取消": channel.RefundNone, "无售后": channel.RefundNone, "售后取消": channel.RefundNone,
	"售后处理中": channel.RefundInProgress, "退款中": channel.RefundInProgress, "待商家处理": channel.RefundInProgress,
	"退款成功": channel.RefundDone, "部分退款": channel.RefundPart, "部分退款成功": channel.RefundPart,
	"售后驳回": channel.RefundRejected, "驳回售后": channel.RefundRejected,
	"换货成功": channel.RefundExchanged,
}

func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		o.StatusRaw = r.Text(c.status)
		o.Status = r.Status(c.status, o.StatusRaw)
		o.PlacedOn = dayOf(o.ChannelOrderNo)
		o.PlacedAt = r.Time(c.placed)
		for _, col := range []channel.Col{c.grouped, c.confirmed} {
			if o.PlacedAt == 0 && c.placed == channel.None {
				o.PlacedAt = r.Time(col) // the 2020 layout has no 订单成交时间
			}
		}
		o.PaidAt, o.ShippedAt = r.Time(c.paid), r.Time(c.shipped)
		o.CompletedAt, o.ShipByAt = r.Time(c.received), r.Time(c.shipBy)
		o.Receiver = channel.Receiver{Name: r.Text(c.name), Phone: r.Code(c.phone), Province: r.Text(c.province),
			City: r.Text(c.city), District: r.Text(c.district), Town: r.Text(c.town), Detail: r.Text(c.detail)}
		o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
		o.Lines = []channel.Line{{
			Title: r.Text(c.title), SKUText: r.Text(c.spec), MerchantSKUCode: channel.FirstOf(r.Code(c.specCode), r.Code(c.itemCode)),
			ChannelItemNo: r.Code(c.itemNo), ChannelSKUNo: r.Code(c.skuNo), Quantity: r.Quantity(c.quantity),
			RefundState: channel.RefundNone,
		}}
		addGift(r, c, o)
		o.Money = channel.Money{Goods: r.Fen(c.goods), Freight: r.Fen(c.freight), MerchantDiscount: r.Fen(c.shopDiscount),
			PlatformDiscount: r.Fen(c.platformDiscount), PaymentDiscount: r.Fen(c.payDiscount),
			BuyerPaid: r.Fen(c.buyerPaid), MerchantReceivable: r.Fen(c.receivable)}
		if o.Status == channel.PendingPayment && o.Money.BuyerPaid != nil {
			o.Money.BuyerPaid = channel.Zero()
		}
		o.RefundState = r.Refund(r.Text(c.aftersale))
		o.BuyerNote, o.SellerNote, o.PaymentMethod = r.Text(c.buyerNote), r.Text(c.sellerNote), r.Text(c.payMethod)
		o.Waybill = r.Waybill(c.carrier, c.waybillNo)
		if r.Text(c.reviewing) == "是" {
			o.Holds = append(o.Holds, channel.HoldRiskReview)
		}
	}
}

func addGift(r channel.Cells, c columns, o *channel.Order) {
	title := r.Text(c.giftTitle)
	if title == "" || title == "-" {
		return
	}
	gift := channel.Line{Title: title, SKUText: r.Text(c.giftSpec), ChannelItemNo: r.Code(c.giftNo),
		PriceFen: channel.Zero(), IsGift: true, RefundState: channel.RefundNone}
	if r.Text(c.giftQuantity) != "" {
		gift.Quantity = r.Quantity(c.giftQuantity)
	}
	o.Lines = append(o.Lines, gift)
}

// dayOf reads the day that starts an order number: 260503-… is 2026-05-03.
func dayOf(no string) string {
	if len(no) < 8 || no[6] != '-' {
		return ""
	}
	t, err := time.Parse("060102", no[:6])
	if err != nil {
		return ""
	}
	return t.Format("2006-01-02")
}
