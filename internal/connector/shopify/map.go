package shopify

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

// words are "financial/fulfilment", with "/cancelled" where the order was
// cancelled; combined makes them, so that a person can map an unknown pair.
var words = combined()

var financial = map[string]channel.Status{
	"pending": channel.PendingPayment, "authorized": channel.PendingPayment, "partially_paid": channel.PendingPayment,
	"paid": channel.AwaitingShipment, "partially_refunded": channel.AwaitingShipment,
	"refunded": channel.Closed, "voided": channel.Closed,
}

var fulfilment = map[string]channel.Status{
	"": channel.AwaitingShipment, "unfulfilled": channel.AwaitingShipment, "pending": channel.AwaitingShipment, "open": channel.AwaitingShipment,
	"in_progress": channel.AwaitingShipment, "scheduled": channel.AwaitingShipment, "on_hold": channel.AwaitingShipment,
	"partial": channel.PartlyShipped, "fulfilled": channel.Shipped, "restocked": channel.Closed,
}

func combined() map[string]channel.Status {
	out := map[string]channel.Status{}
	for money, s := range financial {
		for parcel, f := range fulfilment {
			status := s
			if s == channel.AwaitingShipment || s == channel.PendingPayment && f != channel.AwaitingShipment {
				status = f // goods that went out before payment are out all the same
			}
			out[join(money, parcel)] = status
			out[join(money, parcel)+cancelled] = channel.Closed
		}
	}
	return out
}

const cancelled = "/cancelled"

func join(money, parcel string) string {
	if parcel == "" {
		return money
	}
	return money + "/" + parcel
}

var refundWords = map[string]channel.RefundState{
	"refunded": channel.RefundDone, "partially_refunded": channel.RefundPart,
	"pending": channel.RefundNone, "authorized": channel.RefundNone, "partially_paid": channel.RefundNone, "paid": channel.RefundNone, "voided": channel.RefundNone,
}

// build takes the order from its first row; further rows of it carry lines only.
func build(c columns) func(*channel.Draft) {
	return func(d *channel.Draft) {
		r, o := d.Row(0), &d.Order
		if cur := r.Text(c.currency); cur != "" && !strings.EqualFold(cur, "CNY") {
			d.Reject(d.Rows[0], channel.UnsupportedCurrency, c.currency, cur)
			return
		}
		paid := r.Text(c.financial)
		o.StatusRaw = join(paid, r.Text(c.fulfilment))
		if r.Text(c.cancelledAt) != "" {
			o.StatusRaw += cancelled
		}
		o.Status = r.Status(c.financial, o.StatusRaw)
		o.PlacedAt, o.PaidAt, o.ShippedAt = r.Time(c.placed), r.Time(c.paidAt), r.Time(c.shippedAt)
		o.BuyerNick, o.BuyerNote, o.PaymentMethod = r.Text(c.email), r.Text(c.notes), r.Text(c.payMethod)
		o.Receiver = channel.Receiver{Name: r.Text(c.name), Phone: r.Code(c.phone), City: r.Text(c.city), Zip: zip(r.Code(c.zip)),
			Province: r.First(c.provinceName, c.province), Detail: r.Text(c.street)}
		if o.Receiver.Detail == "" {
			o.Receiver.Detail = strings.TrimSpace(r.Text(c.address1) + " " + r.Text(c.address2))
		}
		for i := range d.Rows {
			row := d.Row(i)
			l := channel.Line{Title: row.Text(c.title), MerchantSKUCode: row.Code(c.sku), Quantity: row.Quantity(c.quantity),
				PriceFen: row.Fen(c.price), RefundState: channel.RefundNone, Status: o.Status}
			if f, ok := fulfilment[row.Text(c.lineState)]; ok && (o.Status == channel.PartlyShipped || o.Status == channel.AwaitingShipment) {
				l.Status = f
			}
			o.Lines = append(o.Lines, l)
		}
		o.Money = channel.Money{Goods: channel.GoodsTotal(o.Lines), Freight: r.Fen(c.freight), MerchantDiscount: r.Fen(c.discount)}
		switch total := r.Fen(c.total); {
		case paid == "partially_paid":
		case paid == "paid" || paid == "refunded" || paid == "partially_refunded":
			o.Money.BuyerPaid = total
		default:
			o.Money.BuyerPaid = channel.Zero()
		}
		o.RefundFen, o.RefundState = r.Fen(c.refunded), r.Refund(paid)
	}
}

// zip drops the zeros that stand for no postcode.
func zip(s string) string {
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}
