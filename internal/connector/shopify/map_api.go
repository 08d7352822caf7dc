package shopify

import (
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// memoName is the note attribute that bears the seller's note: Shopify's own note is
// the buyer's.
const memoName = "seller_note"

// instant reads a date with its zone, empty is 0. Errors: BadTime naming the field.
func instant(field string, t wire.Text) (int64, error) {
	if t == "" {
		return 0, nil
	}
	at, err := time.Parse(time.RFC3339, t.String())
	if err != nil {
		return 0, wire.Bad(channel.BadTime, field, t)
	}
	return max(0, at.UnixMilli()), nil
}

func parse(raw []byte) (*storeOrder, error) {
	s := &storeOrder{}
	if err := wire.Decode(raw, s); err != nil {
		return nil, err
	}
	return s, nil
}

// Map implements channel.Client. The words are those of the export.
func (c *client) Map(raw []byte) (channel.Order, error) {
	s, err := parse(raw)
	if err != nil {
		return channel.Order{}, err
	}
	if s.Currency != "" && !strings.EqualFold(s.Currency, "CNY") {
		return channel.Order{}, wire.Bad(channel.UnsupportedCurrency, "currency", s.Currency)
	}
	a := s.Shipping
	o := channel.Order{ChannelOrderNo: s.Name.String(), StatusRaw: join(s.Financial.String(), s.Fulfilment.String()), BuyerNick: s.Email.String(), BuyerKey: s.Customer.ID.String(),
		BuyerNote: s.Note.String(), PaymentMethod: strings.Join(s.Gateways, " "), RefundState: channel.RefundUnknown,
		Receiver: channel.Receiver{Name: a.Name.String(), Phone: a.Phone.String(), Province: a.Province.String(), City: a.City.String(), Zip: zip(a.Zip.String()),
			Detail: strings.TrimSpace(a.Address1.String() + " " + a.Address2.String())}}
	if s.Cancelled != "" {
		o.StatusRaw += cancelled
	}
	o.Status = words[o.StatusRaw]
	if r, ok := refundWords[s.Financial.String()]; ok {
		o.RefundState = r
	}
	o.MemoTold = s.Attributes != nil
	for _, x := range s.Attributes {
		if x.Name == memoName {
			o.SellerNote = x.Value.String()
		}
	}
	if o.PlacedAt, err = instant("created_at", s.Created); err != nil {
		return channel.Order{}, err
	}
	if o.ModifiedAt, err = instant("updated_at", s.Updated); err != nil {
		return channel.Order{}, err
	}
	if err := parcels(s, &o); err != nil {
		return channel.Order{}, err
	}
	for i := range s.Lines {
		o.Lines = append(o.Lines, apiLine(s, &s.Lines[i], o.Status))
	}
	if err := amounts(s, &o); err != nil {
		return channel.Order{}, err
	}
	return wire.Checked(o)
}

// parcels are the fulfilments that stand.
func parcels(s *storeOrder, o *channel.Order) error {
	for _, f := range s.Fulfilments {
		if f.Status == "cancelled" || f.Status == "error" || f.Status == "failure" {
			continue
		}
		at, err := instant("fulfillments.created_at", f.Created)
		if err != nil {
			return err
		}
		if o.ShippedAt == 0 {
			o.ShippedAt = at
		}
		nos := f.Nos
		if len(nos) == 0 {
			nos = []wire.Text{f.No}
		}
		for _, no := range nos {
			if no != "" {
				o.Waybills = append(o.Waybills, channel.Waybill{Carrier: f.Company.String(), No: no.String()})
			}
		}
	}
	if len(o.Waybills) > 0 {
		o.Waybill = &o.Waybills[0]
	}
	if len(o.Waybills) < 2 {
		o.Waybills = nil
	}
	return nil
}

func apiLine(s *storeOrder, x *storeLine, st channel.Status) channel.Line {
	l := channel.Line{ChannelLineNo: x.ID.String(), Title: x.Name, SKUText: x.Spec.String(), MerchantSKUCode: x.SKU.String(), ChannelItemNo: x.Product.String(),
		ChannelSKUNo: x.Variant.String(), Quantity: x.Quantity.Ptr(), PriceFen: x.Price.Ptr(), Status: st, RefundState: channel.RefundNone}
	if f, ok := fulfilment[x.Fulfilment.String()]; ok && (st == channel.PartlyShipped || st == channel.AwaitingShipment) {
		l.Status = f
	}
	if goods, err := x.Price.Fen.Times(x.Quantity.N); err == nil && x.Price.Set && x.Quantity.Set {
		for _, d := range x.Discounts {
			goods -= d.Amount.Fen
		}
		l.PaidFen = &goods
	}
	var pieces int64
	for _, r := range s.Refunds {
		for _, back := range r.Lines {
			if back.Line == x.ID && x.ID != "" {
				pieces += back.Quantity.N
				l.RefundFen = channel.Plus(l.RefundFen, back.Subtotal.Ptr(), back.Tax.Ptr())
			}
		}
	}
	switch {
	case pieces > 0 && pieces >= x.Quantity.N:
		l.RefundState = channel.RefundDone
		if x.Fulfilment == "" { // taken out of the order: nothing is left to send
			l.Status = channel.Closed
		}
	case pieces > 0:
		l.RefundState = channel.RefundPart
	}
	return l
}

func amounts(s *storeOrder, o *channel.Order) error {
	m := channel.Money{Goods: s.LinePrices.Ptr(), MerchantDiscount: s.Discounts.Ptr()}
	if m.Goods == nil {
		m.Goods = channel.GoodsTotal(o.Lines)
	}
	for _, f := range s.Freight {
		if m.Freight = channel.Plus(m.Freight, f.Discounted.Ptr()); !f.Discounted.Set {
			m.Freight = channel.Plus(m.Freight, f.Price.Ptr())
		}
	}
	switch s.Financial {
	case "partially_paid":
	case "paid", "refunded", "partially_refunded":
		m.BuyerPaid = s.Total.Ptr()
		// An order tells when it was processed, not when it was paid; at a checkout
		// that is the same.
		at, err := instant("processed_at", wire.Text(channel.FirstOf(s.Processed.String(), s.Created.String())))
		if err != nil {
			return err
		}
		o.PaidAt = at
	case "", "pending", "authorized", "voided", "expired", "unpaid":
		m.BuyerPaid = channel.Zero()
	}
	o.Money = m
	var back money.Fen
	for _, r := range s.Refunds {
		for _, t := range r.Transactions {
			if t.Kind == "refund" && t.Status == "success" {
				back += t.Amount.Fen
			}
		}
	}
	if len(s.Refunds) > 0 {
		o.RefundFen = &back
	}
	return nil
}
