package generic

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

// words are those whose meaning no shop's table changes; a person maps the rest.
var words = map[string]channel.Status{
	"待付款": channel.PendingPayment, "待支付": channel.PendingPayment, "未付款": channel.PendingPayment, "pending_payment": channel.PendingPayment, "unpaid": channel.PendingPayment,
	"部分付款": channel.PartlyPaid, "partly_paid": channel.PartlyPaid,
	"待发货": channel.AwaitingShipment, "未发货": channel.AwaitingShipment, "已付款": channel.AwaitingShipment, "awaiting_shipment": channel.AwaitingShipment, "unshipped": channel.AwaitingShipment, "paid": channel.AwaitingShipment,
	"部分发货": channel.PartlyShipped, "partly_shipped": channel.PartlyShipped,
	"已发货": channel.Shipped, "待收货": channel.Shipped, "shipped": channel.Shipped,
	"已签收": channel.Delivered, "delivered": channel.Delivered,
	"已完成": channel.Completed, "交易成功": channel.Completed, "completed": channel.Completed,
	"已取消": channel.Closed, "已关闭": channel.Closed, "交易关闭": channel.Closed, "cancelled": channel.Closed, "canceled": channel.Closed, "closed": channel.Closed,
}

var refundWords = map[string]channel.RefundState{
	"无": channel.RefundNone, "无售后": channel.RefundNone, "none": channel.RefundNone, "no": channel.RefundNone, "否": channel.RefundNone,
	"退款中": channel.RefundInProgress, "售后中": channel.RefundInProgress, "in_progress": channel.RefundInProgress,
	"退款成功": channel.RefundDone, "已退款": channel.RefundDone, "refunded": channel.RefundDone,
	"部分退款": channel.RefundPart, "partly_refunded": channel.RefundPart, "partially_refunded": channel.RefundPart,
	"已拒绝": channel.RefundRejected, "rejected": channel.RefundRejected,
}

// build reads an order from its rows. What belongs to the order comes from its
// first row, as further rows repeat it or leave it blank.
func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		status(r, c, o)
		o.PlacedAt, o.PaidAt = r.Time(c[channel.FieldPlacedAt]), r.Time(c[channel.FieldPaidAt])
		o.ShippedAt, o.CompletedAt = r.Time(c[channel.FieldShippedAt]), r.Time(c[channel.FieldCompletedAt])
		o.ShipByAt = r.Time(c[channel.FieldShipBy])
		o.BuyerNick, o.PaymentMethod = r.Text(c[channel.FieldBuyerNick]), r.Text(c[channel.FieldPaymentMethod])
		o.Receiver = channel.Receiver{Name: r.Text(c[channel.FieldReceiverName]), Phone: r.Code(c[channel.FieldReceiverPhone]),
			Province: r.Text(c[channel.FieldProvince]), City: r.Text(c[channel.FieldCity]), District: r.Text(c[channel.FieldDistrict]),
			Town: r.Text(c[channel.FieldTown]), Detail: r.Text(c[channel.FieldDetail]), Zip: r.Code(c[channel.FieldZip])}
		o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
		for i := range d.Rows {
			row := d.Row(i)
			o.Lines = append(o.Lines, channel.Line{ChannelLineNo: row.LineNo(c[channel.FieldLineNo]), Title: row.Text(c[channel.FieldTitle]),
				SKUText: row.Text(c[channel.FieldSKUText]), MerchantSKUCode: row.Code(c[channel.FieldSKUCode]), Quantity: row.Quantity(c[channel.FieldQuantity]),
				PriceFen: row.Fen(c[channel.FieldPrice]), PaidFen: row.Fen(c[channel.FieldLinePaid]),
				Status: o.Status, RefundState: channel.RefundNone})
		}
		o.Money = channel.Money{Goods: r.Fen(c[channel.FieldGoods]), Freight: r.Fen(c[channel.FieldFreight]), BuyerPaid: r.Fen(c[channel.FieldBuyerPaid]),
			MerchantDiscount: r.Fen(c[channel.FieldDiscount]), PlatformDiscount: r.Fen(c[channel.FieldPlatformDisc]), MerchantReceivable: r.Fen(c[channel.FieldReceivable])}
		if o.Money.Goods == nil {
			o.Money.Goods = channel.GoodsTotal(o.Lines)
		}
		if o.Status == channel.PendingPayment && o.Money.BuyerPaid != nil {
			o.Money.BuyerPaid = channel.Zero()
		}
		o.RefundFen = r.Fen(c[channel.FieldRefund])
		o.RefundState = r.Refund(r.Text(c[channel.FieldRefundState]))
		o.BuyerNote, o.SellerNote = r.Text(c[channel.FieldBuyerNote]), r.Text(c[channel.FieldSellerNote])
		o.Waybill = r.Waybill(c[channel.FieldWaybillCarrier], c[channel.FieldWaybillNo])
	}
}

// status: a table without a status column lists orders to ship; with one, its
// words must be known.
func status(r channel.Cells, c columns, o *channel.Order) {
	if c[channel.FieldStatus] == channel.None {
		o.Status = channel.AwaitingShipment
		return
	}
	o.StatusRaw = r.Text(c[channel.FieldStatus])
	o.Status = r.Status(c[channel.FieldStatus], o.StatusRaw)
}
