package taobao

import (
	"regexp"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

var words = map[string]channel.Status{
	"等待买家付款": channel.PendingPayment, "待付款": channel.PendingPayment,
	"买家已付款,等待卖家发货": channel.AwaitingShipment, "买家已付款": channel.AwaitingShipment, "等待卖家发货": channel.AwaitingShipment, "待发货": channel.AwaitingShipment,
	"卖家部分发货": channel.PartlyShipped, "部分发货": channel.PartlyShipped,
	"卖家已发货,等待买家确认": channel.Shipped, "卖家已发货": channel.Shipped, "已发货": channel.Shipped,
	"买家已签收": channel.Delivered,
	"交易成功":  channel.Completed, "交易关闭": channel.Closed, "交易已关闭": channel.Closed,
}

var refundWords = map[string]channel.RefundState{
	"没有申请退款": channel.RefundNone, "无退款申请": channel.RefundNone, "未申请退款": channel.RefundNone, "退款关闭": channel.RefundNone,
	"退款中": channel.RefundInProgress, "退款处理中": channel.RefundInProgress, "等待卖家同意": channel.RefundInProgress,
	"买家已经申请退款,等待卖家同意": channel.RefundInProgress, "卖家已经同意退款,等待买家退货": channel.RefundInProgress,
	"买家已经退货,等待卖家确认收货": channel.RefundInProgress,
	"退款成功": channel.RefundDone, "部分退款成功": channel.RefundPart, "卖家拒绝退款": channel.RefundRejected,
}

// notNull drops the word null, which stands for an empty phone.
func notNull(s string) string {
	if s == "null" {
		return ""
	}
	return s
}

var zipAtEnd = regexp.MustCompile(`^(.*)[(（](\d{6})[)）]$`)

// townEnds are how fourth-level places end; district names do not.
var townEnds = []string{"街道", "镇", "乡", "苏木", "街道办事处", "团场"}

func isTown(s string) bool {
	for _, e := range townEnds {
		if strings.HasSuffix(s, e) && len(s) > len(e) {
			return true
		}
	}
	return false
}

// splitAddress reads "省 市 [区] [街道] 详细地址(邮编)".
func splitAddress(s string) channel.Receiver {
	r := channel.Receiver{Detail: s}
	if m := zipAtEnd.FindStringSubmatch(s); m != nil {
		r.Detail = m[1]
		if m[2] != "000000" {
			r.Zip = m[2]
		}
	}
	p := strings.Fields(r.Detail)
	if len(p) < 3 {
		return r
	}
	r.Province, r.City, p = p[0], p[1], p[2:]
	if len(p) > 1 && !isTown(p[0]) {
		r.District, p = p[0], p[1:]
	}
	if len(p) > 1 && isTown(p[0]) {
		r.Town, p = p[0], p[1:]
	}
	r.Detail = strings.Join(p, " ")
	return r
}

var promised = regexp.MustCompile(`\d{4}[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d{2}(?::\d{2})?`)

// shipBy reads the earliest promise of "子订单A： 2026-06-11 22:17前 ; 子订单B： …".
func shipBy(cell string) int64 {
	var first int64
	for _, s := range promised.FindAllString(cell, -1) {
		if t := channel.ParseTime(s); t != 0 && (first == 0 || t < first) {
			first = t
		}
	}
	return first
}

// line reads one row of the detail file.
func line(r channel.Cells, c detailColumns) channel.Line {
	l := channel.Line{ChannelLineNo: r.LineNo(c.lineNo), Title: r.Text(c.title), SKUText: r.Text(c.spec),
		MerchantSKUCode: channel.FirstOf(notNull(r.Code(c.code)), notNull(r.Code(c.outerNo))), ChannelItemNo: r.Code(c.itemNo),
		Quantity: r.Quantity(c.quantity), PriceFen: r.Fen(c.price), RefundState: channel.RefundNone}
	if c.status != channel.None {
		l.Status = r.Status(c.status, r.Text(c.status))
	}
	if c.refundState != channel.None {
		l.RefundState = r.Refund(r.Text(c.refundState))
		l.RefundFen = r.Fen(c.refund)
	}
	l.PaidFen = r.Fen(c.paid)
	return l
}

// order reads one row of the list; lines come from the detail file.
func order(d *channel.Draft, c listColumns, lines []channel.Line, to receiver) {
	r, o := d.Row(0), &d.Order
	o.Lines = lines
	if c.status != channel.None {
		o.StatusRaw = r.Text(c.status)
		o.Status = r.Status(c.status, o.StatusRaw)
	} else {
		o.Status = channel.FoldStatus(lines)
	}
	for i := range lines {
		if lines[i].Status == "" {
			lines[i].Status = o.Status
		}
	}
	o.ShopHint, o.BuyerNick = r.Text(c.shop), r.Text(c.nick)
	o.PlacedAt, o.PaidAt = r.Time(c.placed), r.Time(c.paidAt)
	o.CompletedAt, o.ShipByAt = r.Time(c.confirmed), shipBy(r.Text(c.shipBy))
	o.Receiver = splitAddress(channel.FirstOf(notNull(r.Text(c.newAddress)), r.Text(c.address), to.address))
	o.Receiver.Name = channel.FirstOf(r.Text(c.name), to.name)
	o.Receiver.Phone = channel.FirstOf(notNull(r.Code(c.mobile)), notNull(r.Code(c.phone)), to.mobile)
	o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
	o.Money = channel.Money{Goods: channel.GoodsTotal(lines), Freight: r.Fen(c.freight), PlatformDiscount: r.Fen(c.coupon), BuyerPaid: r.Fen(c.paid)}
	if o.Status == channel.PendingPayment && o.Money.BuyerPaid != nil {
		o.Money.BuyerPaid = channel.Zero()
	}
	if received := r.Fen(c.received); o.Status == channel.Completed {
		o.Money.MerchantReceivable = received
	}
	o.RefundFen = r.Fen(c.refund)
	o.RefundState = refundState(o)
	o.BuyerNote, o.SellerNote = r.Text(c.buyerNote), r.Text(c.sellerNote)
	o.Waybill = r.Waybill(c.carrier, c.waybillNo)
	if r.Text(c.stages) != "" {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
}

// refundState: an open case of a line wins; then the order's refunded amount; then
// what the lines say.
func refundState(o *channel.Order) channel.RefundState {
	lines := channel.FoldRefunds(o.Lines)
	if lines == channel.RefundInProgress || o.RefundFen == nil || *o.RefundFen == 0 {
		return lines
	}
	if o.Status == channel.Closed || o.Money.BuyerPaid != nil && *o.RefundFen >= *o.Money.BuyerPaid {
		return channel.RefundDone
	}
	return channel.RefundPart
}

// fromLines makes an order of its lines alone: the newer detail file has enough.
func fromLines(c detailColumns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		o := &d.Order
		var raws []string
		for i := range d.Rows {
			r := d.Row(i)
			l := line(r, c)
			o.Lines = append(o.Lines, l)
			raws = append(raws, r.Text(c.status))
			o.Money.BuyerPaid = channel.Plus(o.Money.BuyerPaid, l.PaidFen)
			o.RefundFen = channel.Plus(o.RefundFen, l.RefundFen)
			if t := shipBy(r.Text(c.shipBy)); t != 0 && (o.ShipByAt == 0 || t < o.ShipByAt) {
				o.ShipByAt = t
			}
		}
		r := d.Row(0)
		o.StatusRaw, o.Status = channel.JoinWords(raws), channel.FoldStatus(o.Lines)
		o.PlacedAt, o.PaidAt, o.SellerNote = r.Time(c.placed), r.Time(c.paidAt), r.Text(c.sellerNote)
		o.Money.Goods = channel.GoodsTotal(o.Lines)
		o.RefundState = channel.FoldRefunds(o.Lines)
	}
}
