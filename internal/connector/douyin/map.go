package douyin

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/money"
)

var words = map[string]channel.Status{
	"待支付": channel.PendingPayment, "待付款": channel.PendingPayment, "待确认": channel.PendingPayment,
	"待发货": channel.AwaitingShipment, "备货中": channel.AwaitingShipment, "已支付": channel.AwaitingShipment,
	"部分发货": channel.PartlyShipped, "已发货": channel.Shipped, "已收货": channel.Delivered,
	"已完成": channel.Completed, "已关闭": channel.Closed, "已取消": channel.Closed,
}

var refundWords = map[string]channel.RefundState{
	"无售后": channel.RefundNone, "售后关闭": channel.RefundNone, "售后已关闭": channel.RefundNone,
	"售后待处理": channel.RefundInProgress, "待处理": channel.RefundInProgress, "待退货": channel.RefundInProgress,
	"待收退货": channel.RefundInProgress, "售后中": channel.RefundInProgress, "售后处理中": channel.RefundInProgress,
	"同意退款,退款中": channel.RefundInProgress, "同意退款,退款失败": channel.RefundInProgress, "退款中": channel.RefundInProgress,
	"换货中": channel.RefundInProgress, "待换货": channel.RefundInProgress, "仲裁中": channel.RefundInProgress,
	"退款成功": channel.RefundDone, "同意退款,退款成功": channel.RefundDone, "部分退款成功": channel.RefundPart,
	"售后已拒绝": channel.RefundRejected, "售后拒绝": channel.RefundRejected, "拒绝售后": channel.RefundRejected,
	"换货成功": channel.RefundExchanged, "补寄成功": channel.RefundExchanged,
}

var flags = map[string]int{"红": 1, "黄": 2, "绿": 3, "蓝": 4, "紫": 5, "红色": 1, "黄色": 2, "绿色": 3, "蓝色": 4, "紫色": 5}

// dash turns the lone dash that stands for "nothing" in this channel's cells into nothing.
func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		o := &d.Order
		parts := strings.Split(d.Row(0).Text(c.lineNo), ";")
		if len(d.Rows) == 1 && len(parts) > 1 {
			joinedLines(d, c, parts)
		} else {
			rowLines(d, c)
		}
		if d.Failed() {
			return
		}
		o.RefundState = channel.FoldRefunds(o.Lines)
		times(d, c)
		amounts(d, c)
		header(d, c)
	}
}

// rowLines reads one line per row. A row that repeats another of the same line
// number and content is dropped with a warning: it would double the line.
func rowLines(d *channel.Draft, c columns) {
	var raws []string
	seen := map[string]string{}
	kept := d.Rows[:0]
	for i := range d.Rows {
		r := d.Row(i)
		line := channel.Line{ChannelLineNo: r.LineNo(c.lineNo), Title: r.Text(c.title), SKUText: dash(r.Text(c.spec)),
			MerchantSKUCode: dash(channel.FirstOf(dash(r.Code(c.skuCode)), r.Code(c.articleNo))),
			ChannelItemNo:   dash(r.Code(c.itemNo)), Quantity: r.Quantity(c.quantity), PriceFen: r.Fen(c.price)}
		if text := strings.Join(r.Cells, "\x00"); line.ChannelLineNo != "" {
			if before, ok := seen[line.ChannelLineNo]; ok && before == text {
				d.Warn(r.Row, channel.DuplicateRow, c.lineNo, line.ChannelLineNo)
				continue
			}
			seen[line.ChannelLineNo] = text
		}
		kept = append(kept, r.Row)
		if amount := r.Fen(c.lineAmount); c.price == channel.None && amount != nil && *amount == 0 {
			line.PriceFen = channel.Zero()
		}
		line.IsGift = line.PriceFen != nil && *line.PriceFen == 0
		raw := r.Text(c.status)
		raws = append(raws, raw)
		line.Status = r.Status(c.status, raw)
		line.RefundState = r.Refund(r.Text(c.aftersale))
		d.Order.Lines = append(d.Order.Lines, line)
	}
	d.Rows = kept
	d.Order.StatusRaw = channel.JoinWords(raws)
	d.Order.Status = channel.FoldStatus(d.Order.Lines)
}

// joinedLines reads one row that holds all lines: line numbers, titles, item
// numbers and codes joined by semicolons, and one total quantity.
func joinedLines(d *channel.Draft, c columns, lineNos []string) {
	r, o, n := d.Row(0), &d.Order, len(lineNos)
	o.StatusRaw = r.Text(c.status)
	split := func(col channel.Col, must bool) []string {
		text := r.Text(col)
		parts := strings.Split(text, ";")
		if len(parts) == n {
			return parts
		}
		if must && col != channel.None && dash(text) != "" {
			d.Reject(r.Row, channel.JoinedCountMismatch, col, text)
		}
		return make([]string, n)
	}
	titles, items, codes := split(c.title, true), split(c.itemNo, true), split(c.skuCode, true)
	specs, prices := split(c.spec, false), split(c.price, false)
	statuses, refunds := split(c.status, false), split(c.aftersale, false)
	total := r.Quantity(c.quantity)
	for i := range n {
		line := channel.Line{ChannelLineNo: channel.CleanID(lineNos[i]), Title: channel.Clean(titles[i]),
			SKUText: dash(channel.Clean(specs[i])), MerchantSKUCode: dash(channel.CleanID(codes[i])),
			ChannelItemNo: dash(channel.CleanID(items[i])),
			RefundState:   r.Refund(channel.FirstOf(channel.Clean(refunds[i]), r.Text(c.aftersale)))}
		line.Status = r.Status(c.status, channel.FirstOf(channel.Clean(statuses[i]), o.StatusRaw))
		if total != nil && *total == int64(n) {
			one := int64(1)
			line.Quantity = &one
		}
		if f, ok := channel.ParseFen(prices[i]); ok && channel.Clean(prices[i]) != "" {
			line.PriceFen, line.IsGift = &f, f == 0
		}
		o.Lines = append(o.Lines, line)
	}
	o.TotalQuantity = total
	o.Status = channel.FoldStatus(o.Lines)
	if total != nil && *total != int64(n) {
		d.Warn(r.Row, channel.QuantityAmbiguous, c.quantity, strconv.FormatInt(*total, 10))
	}
}

// times: the first payment and shipping of any line; the last completion once the
// order is completed, as a gift may complete beside a closed main line.
func times(d *channel.Draft, c columns) {
	o := &d.Order
	for i := range d.Rows {
		r := d.Row(i)
		o.PlacedAt = earliest(o.PlacedAt, r.Time(c.placed))
		o.PaidAt = earliest(o.PaidAt, r.Time(c.paid))
		o.ShipByAt = earliest(o.ShipByAt, r.Time(c.shipBy))
		o.ShippedAt = earliest(o.ShippedAt, r.Time(c.shipped))
		if done := r.Time(c.completed); o.Status == channel.Completed {
			o.CompletedAt = max(o.CompletedAt, done)
		}
	}
}

func earliest(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// amounts sums the rows. 平台优惠, 商家优惠 and 达人优惠 hold text; what each side
// really bears stands in its own column.
func amounts(d *channel.Draft, c columns) {
	var m channel.Money
	var paid, lineAmounts *money.Fen
	for i := range d.Rows {
		r := d.Row(i)
		paid = channel.Plus(paid, r.Fen(c.payable))
		lineAmounts = channel.Plus(lineAmounts, r.Fen(c.lineAmount))
		m.Freight = channel.Plus(m.Freight, r.Fen(c.freight))
		m.MerchantDiscount = channel.Plus(m.MerchantDiscount, r.Fen(c.merchantBorne))
		m.PlatformDiscount = channel.Plus(m.PlatformDiscount, r.Fen(c.platformBorne), r.Fen(c.talentBorne))
		m.PaymentDiscount = channel.Plus(m.PaymentDiscount, r.Fen(c.payDiscount))
		m.MerchantReceivable = channel.Plus(m.MerchantReceivable, r.Fen(c.income))
	}
	if c.price != channel.None {
		m.Goods = channel.GoodsTotal(d.Order.Lines)
	}
	if m.Goods == nil {
		m.Goods = lineAmounts
	}
	m.BuyerPaid = channel.PaidAmount(&d.Order, c.paid, paid)
	d.Order.Money = m
}

var expressInfo = regexp.MustCompile(`^(\p{Han}[\p{Han}()（）]*)[\s:：,，;/_-]*([A-Za-z0-9-]{8,})$`)

func header(d *channel.Draft, c columns) {
	r, o := d.Row(0), &d.Order
	o.Receiver = channel.Receiver{Name: r.Text(c.name), Phone: r.Code(c.phone), Province: r.Text(c.province),
		City: r.Text(c.city), District: r.Text(c.district), Town: r.Text(c.town), Detail: r.Text(c.detail)}
	o.Receiver.Encrypted = strings.HasPrefix(o.Receiver.Name, "##")
	o.BuyerNote, o.SellerNote = dash(r.Text(c.buyerNote)), dash(r.Text(c.sellerNote))
	o.PaymentMethod, o.Flag = dash(r.Text(c.payMethod)), flags[r.Text(c.flag)]
	if strings.Contains(r.Text(c.orderType), "预售") {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
	if strings.Contains(o.PaymentMethod, "货到付款") {
		o.Flags = append(o.Flags, channel.FlagCOD)
	}
	if m := expressInfo.FindStringSubmatch(r.Text(c.express)); m != nil {
		o.Waybill = &channel.Waybill{Carrier: m[1], No: m[2]}
	}
}
