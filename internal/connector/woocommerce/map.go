package woocommerce

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// words are the store's own; on-hold waits for a payment to be confirmed, and
// completed means that the parcel went out and nothing is left to do.
var words = map[string]channel.Status{
	"pending": channel.PendingPayment, "on-hold": channel.PendingPayment, "failed": channel.PendingPayment, "checkout-draft": channel.PendingPayment,
	"processing": channel.AwaitingShipment, "completed": channel.Completed,
	"cancelled": channel.Closed, "refunded": channel.Closed, "trash": channel.Closed,
}

var refundWords = map[string]channel.RefundState{"refunded": channel.RefundDone}

func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		if cur := r.Text(c.currency); cur != "" && !strings.EqualFold(cur, "CNY") {
			d.Reject(d.Rows[0], channel.UnsupportedCurrency, c.currency, cur)
			return
		}
		o.StatusRaw = r.Text(c.status)
		word := strings.TrimPrefix(strings.ToLower(o.StatusRaw), "wc-")
		if s, ok := r.Known(o.StatusRaw); ok {
			o.Status = s
		} else if o.Status, ok = r.Known(word); !ok {
			r.Unknown(c.status, o.StatusRaw)
		}
		o.PlacedAt, o.PaidAt = r.Time(c.placed), r.Time(c.paidAt)
		o.BuyerNick, o.BuyerNote, o.PaymentMethod = r.Text(c.email), r.Text(c.note), r.Text(c.payMethod)
		o.Receiver = channel.Receiver{Name: fullName(r.Text(c.first), r.Text(c.last)), Phone: r.Code(c.phone), Province: province(r.Text(c.state)),
			City: r.Text(c.city), Zip: r.Code(c.zip), Detail: strings.TrimSpace(r.Text(c.address1) + " " + r.Text(c.address2))}
		for _, col := range c.packed {
			packedLines(r, col, o)
		}
		for _, w := range c.wide {
			if r.Text(w.name) != "" {
				o.Lines = append(o.Lines, line(r, w.quantity, r.Text(w.name), r.Code(w.sku), r.Code(w.id), r.Text(w.quantity), channel.FirstOf(r.Text(w.subtotal), r.Text(w.total)), r.Text(w.total)))
			}
		}
		if len(o.Lines) == 0 {
			d.Reject(d.Rows[0], channel.MissingLines, channel.None, "")
		}
		for i := range o.Lines {
			o.Lines[i].Status = o.Status
		}
		o.Money = channel.Money{Goods: r.Fen(c.subtotal), Freight: r.Fen(c.freight), MerchantDiscount: r.Fen(c.discount), BuyerPaid: r.Fen(c.total)}
		if o.Money.Goods == nil {
			o.Money.Goods = channel.GoodsTotal(o.Lines)
		}
		if o.Money.BuyerPaid != nil && (o.Status == channel.PendingPayment || o.Status == channel.Closed && word != "refunded" && o.PaidAt == 0) {
			o.Money.BuyerPaid = channel.Zero()
		}
		o.RefundFen = r.Fen(c.refund)
		if word == "refunded" {
			o.RefundState = channel.RefundDone
		} else if o.RefundFen != nil && *o.RefundFen != 0 {
			o.RefundState = channel.RefundPart
		}
	}
}

// fullName joins the parts; Chinese names have no blank between them.
func fullName(first, last string) string {
	for _, r := range first + last {
		if r > 0x2E80 {
			return last + first
		}
	}
	return strings.TrimSpace(first + " " + last)
}

// packedLines reads "name:…|product_id:…|sku:…|quantity:2|total:36.00|sub_total:36.00";
// several items in one cell are separated by ";" or "||".
func packedLines(r channel.Cells, col channel.Col, o *channel.Order) {
	text := r.Text(col)
	if text == "" {
		return
	}
	for _, item := range strings.Split(strings.ReplaceAll(text, ";name:", "||name:"), "||") {
		f := map[string]string{}
		for _, pair := range strings.Split(item, "|") {
			if k, v, ok := strings.Cut(pair, ":"); ok {
				f[strings.ToLower(channel.Clean(k))] = channel.Clean(v)
			}
		}
		o.Lines = append(o.Lines, line(r, col, f["name"], f["sku"], f["product_id"], f["quantity"], channel.FirstOf(f["sub_total"], f["subtotal"], f["total"]), f["total"]))
	}
}

// line makes an order line. The unit price is known only where the line total
// divides by the quantity.
func line(r channel.Cells, col channel.Col, title, sku, item, quantity, subtotal, total string) channel.Line {
	l := channel.Line{Title: title, MerchantSKUCode: sku, ChannelItemNo: item, RefundState: channel.RefundNone}
	n, why := sheet.Quantity(quantity)
	if why != "" {
		r.BadQuantity(col, quantity)
		return l
	}
	l.Quantity = &n
	if f, ok := channel.ParseFen(total); ok && total != "" {
		l.PaidFen = &f
	} else if !ok {
		r.BadMoney(col, total)
	}
	if f, ok := channel.ParseFen(subtotal); ok && subtotal != "" && int64(f)%n == 0 {
		p := money.Fen(int64(f) / n)
		l.PriceFen = &p
	}
	return l
}
