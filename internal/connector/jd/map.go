package jd

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

var words = map[string]channel.Status{
	"等待付款": channel.PendingPayment, "未付款": channel.PendingPayment, "等待付款确认": channel.PendingPayment,
	"等待出库": channel.AwaitingShipment, "暂停": channel.AwaitingShipment,
	"等待确认收货": channel.Shipped, "已出库": channel.Shipped,
	"完成": channel.Completed, "已完成": channel.Completed,
	"已取消": channel.Closed, "取消": channel.Closed,
}

// refundWords is empty: this export has no after-sale column; prefixes tell.
var refundWords = map[string]channel.RefundState{}

const (
	locked  = "(锁定)"
	deleted = "(删除)"
)

// prefixed splits "(锁定)等待出库" into its prefixes and the word itself.
func prefixed(raw string) (word string, isLocked, isDeleted bool) {
	word = channel.Fold(raw)
	for {
		switch {
		case strings.HasPrefix(word, locked):
			word, isLocked = word[len(locked):], true
		case strings.HasPrefix(word, deleted):
			word, isDeleted = word[len(deleted):], true
		default:
			return word, isLocked, isDeleted
		}
	}
}

// build takes the order's money from its first row: every row repeats it.
func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		o.PlacedAt, o.PaidAt, o.CompletedAt = r.Time(c.placed), r.Time(c.paidAt), r.Time(c.completed)
		status(r, c, o)
		o.BuyerNick, o.PaymentMethod = r.Text(c.nick), r.Text(c.payMethod)
		o.Receiver = channel.Receiver{Name: r.Text(c.name), Phone: r.Code(c.phone), Detail: r.Text(c.detail)}
		o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
		o.BuyerNote, o.SellerNote = r.Text(c.buyerNote), r.Text(c.sellerNote)
		o.Waybill = r.Waybill(c.carrier, c.waybillNo)
		for i := range d.Rows {
			row := d.Row(i)
			o.Lines = append(o.Lines, channel.Line{Title: row.Text(c.title), SKUText: row.Text(c.spec), MerchantSKUCode: row.Code(c.code),
				ChannelSKUNo: row.Code(c.skuNo), Quantity: row.Quantity(c.quantity), PriceFen: row.Fen(c.price), RefundState: channel.RefundNone})
		}
		paid := channel.PaidAmount(o, c.paidAt, channel.Plus(r.Fen(c.payable), r.Fen(c.balance)))
		o.Money = channel.Money{Goods: r.Fen(c.goods), Freight: r.Fen(c.freight), BuyerPaid: paid, MerchantReceivable: r.Fen(c.receivable)}
		if strings.Contains(o.PaymentMethod, "货到付款") {
			o.Flags = append(o.Flags, channel.FlagCOD)
		}
	}
}

// status reads the word behind its prefixes: a locked order has a refund under
// way, a deleted one is closed whatever it was, and refunded if it was paid.
func status(r channel.Cells, c columns, o *channel.Order) {
	o.StatusRaw = r.Text(c.status)
	word, isLocked, isDeleted := prefixed(o.StatusRaw)
	if isDeleted {
		o.Status = channel.Closed
		if o.PaidAt != 0 {
			o.RefundState = channel.RefundDone
		}
		return
	}
	if s, ok := r.Known(o.StatusRaw); ok {
		o.Status = s // the user mapped the whole wording
	} else if o.Status, ok = r.Known(word); !ok {
		r.Unknown(c.status, o.StatusRaw)
	}
	if isLocked {
		o.Holds, o.RefundState = append(o.Holds, channel.HoldLocked), channel.RefundInProgress
	}
	if word == "暂停" {
		o.Holds = append(o.Holds, channel.HoldPaused)
	}
}
