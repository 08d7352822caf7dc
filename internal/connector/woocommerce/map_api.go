package woocommerce

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// instant reads a date of GMT, empty is 0. Errors: BadTime naming the field.
func instant(field string, t wire.Text) (int64, error) {
	if t == "" {
		return 0, nil
	}
	at, err := time.Parse(gmt, strings.TrimSuffix(t.String(), "Z"))
	if err != nil {
		return 0, wire.Bad(channel.BadTime, field, t)
	}
	return max(0, at.UnixMilli()), nil
}

// parse reads a raw order. Errors: a Reason.
func parse(raw []byte) (*storeOrder, error) {
	s := &storeOrder{}
	if err := wire.Decode(raw, s); err != nil {
		return nil, err
	}
	return s, nil
}

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	s, err := parse(raw)
	if err != nil {
		return channel.Order{}, err
	}
	if s.Currency != "" && !strings.EqualFold(s.Currency, "CNY") {
		return channel.Order{}, wire.Bad(channel.UnsupportedCurrency, "currency", s.Currency)
	}
	o := channel.Order{ChannelOrderNo: channel.FirstOf(s.Number.String(), s.ID.String()), StatusRaw: s.Status, Status: words[s.Status],
		BuyerNick: s.Billing.Email.String(), BuyerNote: s.Note, PaymentMethod: channel.FirstOf(s.PayTitle, s.PayMethod), Receiver: receiver(s), RefundState: channel.RefundNone}
	for _, d := range []struct {
		to    *int64
		field string
		from  wire.Text
	}{{&o.PlacedAt, "date_created_gmt", s.Created}, {&o.ModifiedAt, "date_modified_gmt", s.Modified}, {&o.PaidAt, "date_paid_gmt", s.Paid}, {&o.CompletedAt, "date_completed_gmt", s.Completed}} {
		if *d.to, err = instant(d.field, d.from); err != nil {
			return channel.Order{}, err
		}
	}
	if o.Status != channel.Completed { // a date stays where an order was reopened
		o.CompletedAt = 0
	}
	o.ShippedAt = o.CompletedAt
	if s.Customer != "0" {
		o.BuyerKey = s.Customer.String()
	}
	if s.PayMethod == "cod" {
		o.Flags = []string{channel.FlagCOD}
	}
	for i := range s.Lines {
		o.Lines = append(o.Lines, apiLine(&s.Lines[i], o.Status))
	}
	for _, t := range trackings(s.Meta) {
		o.Waybills = append(o.Waybills, channel.Waybill{Carrier: channel.FirstOf(t.Custom, t.Provider), No: t.No.String()})
	}
	if len(o.Waybills) > 0 {
		o.Waybill = &o.Waybills[0]
	}
	if len(o.Waybills) < 2 {
		o.Waybills = nil
	}
	amounts(s, &o)
	return wire.Checked(o)
}

// amounts are with tax, and in the same words as the export's.
func amounts(s *storeOrder, o *channel.Order) {
	o.Money = channel.Money{Freight: channel.Plus(s.Freight.Ptr(), s.FreightTax.Ptr()), MerchantDiscount: channel.Plus(s.Discount.Ptr(), s.DiscountTax.Ptr()),
		BuyerPaid: s.Total.Ptr()}
	for _, l := range s.Lines {
		o.Money.Goods = channel.Plus(o.Money.Goods, l.Subtotal.Ptr(), l.SubtotalTax.Ptr())
	}
	if o.Money.BuyerPaid != nil && (o.Status == channel.PendingPayment || o.Status == channel.Closed && s.Status != "refunded" && o.PaidAt == 0) {
		o.Money.BuyerPaid = channel.Zero()
	}
	var back money.Fen
	for _, r := range s.Refunds {
		back += max(r.Total.Fen, -r.Total.Fen) // written as less than nothing
	}
	if len(s.Refunds) > 0 {
		o.RefundFen = &back
	}
	switch {
	case s.Status == "refunded" || back > 0 && s.Total.Set && back >= s.Total.Fen:
		o.RefundState = channel.RefundDone
	case back > 0:
		o.RefundState = channel.RefundPart
	}
}

func apiLine(s *storeLine, st channel.Status) channel.Line {
	l := channel.Line{ChannelLineNo: s.ID.String(), Title: s.Name, MerchantSKUCode: s.SKU.String(), ChannelItemNo: s.Product.String(), ChannelSKUNo: s.Variation.String(),
		Quantity: s.Quantity.Ptr(), PaidFen: channel.Plus(s.Total.Ptr(), s.TotalTax.Ptr()), Status: st, RefundState: channel.RefundNone, ImageURL: s.Image.Src}
	if l.ChannelSKUNo == "0" {
		l.ChannelSKUNo = ""
	}
	var spec []string
	for _, m := range s.Meta {
		var text string
		if !strings.HasPrefix(m.Key, "_") && m.DisplayKey != "" && json.Unmarshal(m.DisplayValue, &text) == nil && text != "" {
			spec = append(spec, text)
		}
	}
	l.SKUText = strings.Join(spec, " ")
	if all := channel.Plus(s.Subtotal.Ptr(), s.SubtotalTax.Ptr()); all != nil && s.Quantity.N > 0 && int64(*all)%s.Quantity.N == 0 {
		p := money.Fen(int64(*all) / s.Quantity.N)
		l.PriceFen = &p
	}
	return l
}

// receiver is the shipping address, or the billing address where goods go there.
func receiver(s *storeOrder) channel.Receiver {
	a := s.Shipping
	if a.Address1+a.Address2+a.City+a.First+a.Last == "" {
		a = s.Billing
	}
	return channel.Receiver{Name: fullName(a.First.String(), a.Last.String()), Phone: channel.FirstOf(a.Phone.String(), s.Billing.Phone.String()),
		Province: province(a.State.String()), City: a.City.String(), Zip: a.Zip.String(), Detail: strings.TrimSpace(a.Address1.String() + " " + a.Address2.String())}
}

// regions are WooCommerce's codes of China's provinces: CN1, CN2 ….
var regions = []string{"云南省", "北京市", "天津市", "河北省", "山西省", "内蒙古自治区", "辽宁省", "吉林省", "黑龙江省", "上海市", "江苏省", "浙江省", "安徽省", "福建省",
	"江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "广西壮族自治区", "海南省", "重庆市", "四川省", "贵州省", "陕西省", "甘肃省", "青海省", "宁夏回族自治区",
	"澳门特别行政区", "西藏自治区", "新疆维吾尔自治区"}

// province spells a store's code out; what is no code stays.
func province(state string) string {
	digits, ok := strings.CutPrefix(state, "CN")
	if n, err := strconv.Atoi(digits); ok && err == nil && n >= 1 && n <= len(regions) {
		return regions[n-1]
	}
	return state
}

// regionCode is the code of a province, which may lack its 省; what has none stays.
func regionCode(name string) string {
	i := slices.IndexFunc(regions, func(r string) bool { return len(name) >= len("北京") && strings.HasPrefix(r, name) })
	if i < 0 {
		return name
	}
	return "CN" + strconv.Itoa(i+1)
}

const (
	trackingItems = "_wc_shipment_tracking_items"
	trackingNo    = "_tracking_number"
	trackingBy    = "_tracking_provider"
)

// trackings are the parcels that the Shipment Tracking extension, or one of its
// simpler kind, wrote to an order.
func trackings(meta []metaData) []tracking {
	var out []tracking
	var single tracking
	for _, m := range meta {
		var text wire.Text
		switch m.Key {
		case trackingItems:
			var some []tracking
			if json.Unmarshal(m.Value, &some) == nil {
				out = slices.DeleteFunc(some, func(t tracking) bool { return t.No == "" })
			}
		case trackingNo:
			if json.Unmarshal(m.Value, &text) == nil && text != "" {
				out, single.No = appended(out, single), text
				single.Provider = ""
			}
		case trackingBy:
			if json.Unmarshal(m.Value, &text) == nil {
				single.Provider = text.String()
			}
		}
	}
	return appended(out, single)
}

func appended(list []tracking, one tracking) []tracking {
	if one.No == "" || slices.ContainsFunc(list, func(t tracking) bool { return t.No == one.No }) {
		return list
	}
	return append(list, one)
}
