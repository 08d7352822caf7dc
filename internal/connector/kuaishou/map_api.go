package kuaishou

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

var statuses = map[wire.Text]channel.Status{
	"10": channel.PendingPayment, "30": channel.AwaitingShipment, "40": channel.Shipped, "50": channel.Delivered, "70": channel.Completed, "80": channel.Closed,
}

// status of one item: the platform calls it shipped as soon as one piece went.
func status(raw wire.Text, sent, all wire.Int) channel.Status {
	s := statuses[raw]
	if s != channel.AwaitingShipment && s != channel.Shipped || !sent.Set || !all.Set {
		return s
	}
	switch {
	case sent.N <= 0:
		return s
	case sent.N < all.N:
		return channel.PartlyShipped
	}
	return channel.Shipped
}

// whole is the order's status: presents with it are shipped on their own.
func whole(lines []channel.Line) channel.Status {
	own := lines[0].Status
	if own != channel.AwaitingShipment && own != channel.Shipped {
		return own
	}
	for _, l := range lines[1:] {
		sent := l.Status == channel.Shipped || l.Status == channel.Delivered || l.Status == channel.Completed
		if l.Status == channel.PartlyShipped || own == channel.Shipped && l.Status == channel.AwaitingShipment || own == channel.AwaitingShipment && sent {
			return channel.PartlyShipped
		}
	}
	return own
}

var payTypes = map[int64]string{1: "微信", 2: "支付宝", 3: "平安", 88: "支付宝先用后付", 99: "银行转账"}

var tags = map[wire.Text]int{"red_flag_tag_order": 1, "yellow_flag_tag_order": 2, "green_flag_tag_order": 3, "blue_flag_tag_order": 4, "purple_flag_tag_order": 5}

// Map implements channel.Client. The order's item has the order's number, a present
// with it one of its own.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var s apiOrder
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	b := &s.Base
	o := channel.Order{
		ChannelOrderNo: b.OID.String(), StatusRaw: b.Status.String(), PlacedAt: b.CreateTime.N, PaidAt: b.PayTime.N, ShippedAt: b.SendTime.N, ShipByAt: b.ShipBy.N,
		ModifiedAt: b.UpdateTime.N, BuyerNick: b.BuyerNick.String(), BuyerKey: b.BuyerID.String(), BuyerNote: b.Remark.String(),
		PaymentMethod: payTypes[b.PayType.N], Receiver: receiver(s.Address),
	}
	if !b.ShipBy.Set {
		o.ShipByAt = b.Promised.N
	}
	if len(s.Note.All) > 0 {
		o.SellerNote, o.Flag = s.Note.All[0].Text.String(), tags[s.Note.All[0].Flag]
		o.MemoTold, o.FlagTold = true, true
	}
	if s.Item != (apiItem{}) {
		main := line(s.Item, b.Status, s.Sent)
		main.ChannelLineNo, main.RefundState = nonZero(b.OID), refundState(s.Refunds)
		o.Lines = append(o.Lines, main)
		for _, sub := range s.Subs {
			present := line(sub.Item, sub.Base.Status, sub.Sent)
			present.ChannelLineNo, present.IsGift = sub.Base.OID.String(), true
			o.Lines = append(o.Lines, present)
		}
		o.Status = whole(o.Lines)
	}
	if o.Status == channel.PendingPayment && s.paid() != nil {
		o.Status = channel.PartlyPaid
	}
	o.Flags = flagsOf(&s)
	if o.Status == channel.AwaitingShipment || o.Status == channel.PartlyShipped {
		o.Holds = holds(b)
	}
	waybills(&s, &o)
	o.Money = channel.Money{Goods: channel.GoodsTotal(o.Lines), Freight: b.ExpressFee.Ptr(), BuyerPaid: b.TotalFee.Ptr()}
	switch {
	case o.Status == channel.PartlyPaid:
		o.Money.BuyerPaid = s.paid()
	case o.PaidAt == 0 && o.Status != "":
		o.Money.BuyerPaid = channel.Zero()
	}
	o.RefundState = channel.FoldRefunds(o.Lines)
	return wire.Checked(o)
}

// line: whose discounts are whose is not said, so that no amount is made up.
func line(i apiItem, raw wire.Text, sent apiDelivered) channel.Line {
	return channel.Line{Title: i.Title.String(), SKUText: i.SKUDesc.String(), MerchantSKUCode: i.SKUNick.String(), ChannelItemNo: nonZero(i.ItemID),
		ChannelSKUNo: nonZero(i.SKUID), Quantity: i.Quantity.Ptr(), PriceFen: i.Price.Ptr(), Status: status(raw, sent.Pieces, i.Quantity),
		RefundState: channel.RefundNone, ImageURL: i.Picture.String()}
}

func nonZero(t wire.Text) string {
	if t == "0" {
		return ""
	}
	return t.String()
}

// paid is what was paid of a presale, nil while nothing was.
func (s *apiOrder) paid() *money.Fen {
	if s.Steps == nil {
		return nil
	}
	var sum *money.Fen
	for _, step := range s.Steps.Steps {
		if step.Status == "30" {
			sum = channel.Plus(sum, step.Fee.Ptr())
		}
	}
	return sum
}

func flagsOf(s *apiOrder) []string {
	var out []string
	if s.Steps != nil && len(s.Steps.Steps) > 0 || s.Base.PreSale.N > 0 || slices.Contains(s.Base.Activities, "6") {
		out = append(out, channel.FlagPresale)
	}
	if len(s.Subs) > 0 {
		out = append(out, channel.FlagHasGiftOrder)
	}
	if s.Base.Urged.N > 0 {
		out = append(out, channel.FlagUrged)
	}
	if s.Base.First == "true" {
		out = append(out, channel.FlagShipFirst)
	}
	if s.Wish.Status == "10" {
		out = append(out, channel.FlagAddressWish)
	}
	if slices.Contains(s.Base.Labels, "1") { // 新疆中转, the only one there is
		out = append(out, channel.FlagConsolidation, channel.FlagConsolidationTo+"xinjiang")
	}
	return out
}

// holds: reasons nobody knows hold too, and so does a promise of 0 (the order cannot
// be shipped).
func holds(b *apiBase) []string {
	var out []string
	add := func(h string) {
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	for _, code := range b.Held {
		switch code {
		case "", "0":
		case "1":
			add(channel.HoldGroupPending)
		case "2":
			add(channel.HoldRiskReview)
		default:
			add(channel.HoldPaused)
		}
	}
	if b.RiskCode.N != 0 {
		add(channel.HoldRiskReview)
	}
	if b.ShipBy.Set && b.ShipBy.N == 0 && len(out) == 0 {
		add(channel.HoldPaused)
	}
	return out
}

// waybills: the platform shows numbers before anything is shipped, too.
func waybills(s *apiOrder, o *channel.Order) {
	if o.Status == channel.AwaitingShipment || o.Status == channel.PendingPayment || o.Status == channel.PartlyPaid {
		return
	}
	var all []channel.Waybill
	for _, p := range s.parcels() {
		one := channel.Waybill{Carrier: carrierName(p.Code), No: p.No.String()}
		if one.No != "" && !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	if len(all) > 0 {
		first := all[0]
		o.Waybill = &first
	}
	if len(all) > 1 {
		o.Waybills = all
	}
}

func (s *apiOrder) parcels() []apiParcel {
	out := slices.Clone(s.Parcels)
	for _, sub := range s.Subs {
		out = append(out, sub.Parcels...)
	}
	return out
}

// receiver: cipher text where there is some, else what is masked.
func receiver(a apiAddress) channel.Receiver {
	r := channel.Receiver{Name: a.Name.String(), Phone: a.Phone.String(), Detail: a.Address.String(),
		Province: a.Province.String(), City: a.City.String(), District: a.District.String(), Town: a.Town.String()}
	if r.Name+r.Phone+r.Detail != "" {
		r.Encrypted = true
		r.NameIndex, _ = indexOf("name", r.Name)
		r.PhoneIndex, _ = indexOf("phone", r.Phone)
		return r
	}
	r.Name, r.Phone, r.Detail = a.MaskName.String(), a.MaskPhone.String(), a.MaskAddress.String()
	r.Encrypted = strings.HasPrefix(r.Name, "##")
	return r
}

// refundState: one open case is what matters, then one that was paid. A case that
// failed was withdrawn or refused for good.
func refundState(cases []apiRefund) channel.RefundState {
	state := channel.RefundNone
	for _, one := range cases {
		switch one.Status {
		case "", "0", "70":
		case "10", "11", "20", "21", "22", "30", "40", "45", "50":
			return channel.RefundInProgress
		case "60":
			state = channel.RefundDone
		default:
			if state == channel.RefundNone {
				state = channel.RefundUnknown
			}
		}
	}
	return state
}

var caseKinds = map[wire.Text]string{"1": "return", "3": "exchange", "10": "refund"}

var caseStates = map[wire.Text]channel.AftersaleState{"10": channel.AftersaleRequested, "11": channel.AftersaleRequested, "22": channel.AftersaleReturning,
	"30": channel.AftersaleReturning, "40": channel.AftersaleReceiving, "50": channel.AftersaleRefunding, "60": channel.AftersaleRefunded, "70": channel.AftersaleClosed}

// pictures reads the list of addresses that stands in one text, as JSON or with commas.
func pictures(text string) []string {
	var out []string
	if json.Unmarshal([]byte(text), &out) != nil {
		out = strings.Split(text, ",")
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(one string) bool { return one == "" })
}

// MapAftersale implements channel.AftersaleLister. While the platform itself decides
// (20, 21) nobody here can; the state stays raw.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s apiCase
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Case{}, err
	}
	if nonZero(s.ID) == "" || nonZero(s.OID) == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "refundId", s.ID)
	}
	out := channel.Case{No: s.ID.String(), OrderNo: s.OID.String(), LineNo: s.OID.String(), Kind: caseKinds[s.Way], State: caseStates[s.Status], StateRaw: s.Status.String() + "/" + s.Negotiate.String(),
		RefundFen: s.Fee.N, Quantity: s.Quantity.N, Reason: s.Reason.String(), Note: s.Text.String(), ReturnWaybill: s.Back.No.String(),
		CreatedAt: s.CreateTime.N, ModifiedAt: s.UpdateTime.N, DecideByAt: s.ExpireTime.N}
	out.Evidence = pictures(s.Pictures.String())
	if s.UpdateTime.Set {
		out.Version = s.updated()
	}
	if s.Back.No != "" {
		out.ReturnCarrier = carrierName(s.Back.Code)
	}
	switch {
	case s.Special == "1":
		out.Kind = "price_protection"
	case out.Kind == "":
		out.Kind = "other"
	}
	switch {
	case out.State == channel.AftersaleRequested && s.Negotiate == "3":
		out.State = channel.AftersaleRefused
	case out.State == channel.AftersaleRequested && s.Negotiate == "2" && s.Status == "11":
		out.State = channel.AftersaleReturning
	case out.State == channel.AftersaleRequested && s.Negotiate == "2":
		out.State = channel.AftersaleRefunding
	case out.State == channel.AftersaleRefunded && out.Kind == "exchange":
		out.State = channel.AftersaleExchanged
	case out.State == "":
		out.State = channel.AftersaleUnknown
	}
	return out, nil
}
