package kuaishou

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

var words = map[string]channel.Status{
	"待付款": channel.PendingPayment, "待支付": channel.PendingPayment,
	"待发货": channel.AwaitingShipment, "已支付": channel.AwaitingShipment,
	"部分发货": channel.PartlyShipped, "已发货": channel.Shipped,
	"已收货": channel.Completed, "交易成功": channel.Completed, "已完成": channel.Completed,
	"交易关闭": channel.Closed, "已关闭": channel.Closed, "已取消": channel.Closed,
}

var refundWords = map[string]channel.RefundState{
	"无售后": channel.RefundNone, "售后关闭": channel.RefundNone, "售后取消": channel.RefundNone,
	"售后中": channel.RefundInProgress, "售后处理中": channel.RefundInProgress, "退款中": channel.RefundInProgress,
	"售后成功": channel.RefundDone, "退款成功": channel.RefundDone, "售后部分成功": channel.RefundPart,
	"售后拒绝": channel.RefundRejected, "售后已拒绝": channel.RefundRejected, "换货成功": channel.RefundExchanged,
}

var flags = map[string]int{"红色": 1, "黄色": 2, "绿色": 3, "蓝色": 4, "紫色": 5, "红": 1, "黄": 2, "绿": 3, "蓝": 4, "紫": 5}

// dash turns the lone dash that fills this channel's empty cells into nothing.
func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		o.StatusRaw = r.Text(c.status)
		o.Status = r.Status(c.status, o.StatusRaw)
		o.PlacedAt, o.PaidAt, o.ShippedAt, o.ShipByAt = r.Time(c.placed), r.Time(c.paidAt), r.Time(c.shipped), r.Time(c.shipBy)
		o.Lines = []channel.Line{{Title: r.Text(c.title), SKUText: dash(r.Text(c.spec)), MerchantSKUCode: dash(r.Code(c.code)),
			ChannelItemNo: dash(r.Code(c.itemNo)), Quantity: r.Quantity(c.quantity), PriceFen: r.Fen(c.price), RefundState: channel.RefundNone}}
		o.Receiver = channel.Receiver{Name: dash(r.Text(c.name)), Phone: dash(r.Code(c.phone)), Province: dash(r.Text(c.province)),
			City: dash(r.Text(c.city)), District: dash(r.Text(c.district)), Town: dash(r.Text(c.town)), Detail: dash(r.Text(c.detail))}
		o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
		o.Money = channel.Money{Goods: channel.GoodsTotal(o.Lines), Freight: r.Fen(c.freight), MerchantDiscount: r.Fen(c.shopDiscount),
			PlatformDiscount: channel.Plus(r.Fen(c.platformSubsidy), r.Fen(c.hostSubsidy)), PaymentDiscount: r.Fen(c.payDiscount), BuyerPaid: channel.PaidAmount(o, c.paidAt, r.Fen(c.paid))}
		o.RefundState = r.Refund(r.Text(c.aftersale))
		o.BuyerNote, o.SellerNote = dash(r.Text(c.buyerNote)), dash(r.Text(c.sellerNote))
		o.PaymentMethod, o.Flag = dash(r.Text(c.payMethod)), flags[r.Text(c.flag)]
		if dash(r.Text(c.waybillNo)) != "" {
			o.Waybill = r.Waybill(c.carrier, c.waybillNo)
		}
		if r.Time(c.deposit) != 0 {
			o.Flags = append(o.Flags, channel.FlagPresale)
		}
		if dash(r.Text(c.giftNo)) != "" {
			o.Flags = append(o.Flags, channel.FlagHasGiftOrder)
		}
	}
}
