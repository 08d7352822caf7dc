package douyin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

var statuses = map[wire.Text]channel.Status{
	"1": channel.PendingPayment, "103": channel.PartlyPaid, "105": channel.AwaitingShipment, "2": channel.AwaitingShipment, "101": channel.PartlyShipped,
	"3": channel.Shipped, "4": channel.Closed, "5": channel.Completed,
}

// closedBy are the main statuses of orders that were refunded.
var closedBy = map[wire.Text]bool{"21": true, "22": true, "39": true}

// paidOnly is paid and not yet to be shipped.
const paidOnly = "105"

func status(own, main wire.Text) channel.Status {
	switch {
	case closedBy[main]:
		return channel.Closed
	case main == "103" && statuses[own] == channel.PendingPayment:
		return channel.PartlyPaid
	}
	return statuses[own]
}

// turnFlag: 1 purple, 2 cyan, 3 green, 4 orange, 5 red, where we have blue for cyan
// and yellow for orange; so the other count is six less ours, both ways.
func turnFlag(n int64) int {
	if n < 1 || n > 5 {
		return 0
	}
	return int(6 - n)
}

var payTypes = map[int64]string{1: "微信", 2: "支付宝", 4: "银行卡", 5: "余额", 7: "无需支付", 8: "DOU分期", 9: "新卡支付"}

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var s apiOrder
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	o := channel.Order{
		ChannelOrderNo: orderNo(s.OrderID), Status: status(s.OrderStatus, s.MainStatus), StatusRaw: s.OrderStatus.String(),
		PlacedAt: s.CreateTime.N * second, PaidAt: s.PayTime.N * second, ShippedAt: s.ShipTime.N * second, ShipByAt: s.ExpShipTime.N * second,
		ModifiedAt: s.UpdateTime.N * second, BuyerKey: s.OpenID.String(), BuyerNote: s.BuyerWords.String(), SellerNote: s.SellerWords.String(), MemoTold: true,
		PaymentMethod: payTypes[s.PayType.N], Flag: turnFlag(s.Stars.N), FlagTold: s.Stars.N >= 0 && s.Stars.N <= 5, Receiver: receiver(&s),
	}
	if s.MainStatus != "" && s.MainStatus != s.OrderStatus {
		o.StatusRaw += "/" + s.MainStatus.String()
	}
	if o.Status == channel.Completed {
		o.CompletedAt = s.FinishTime.N * second
	}
	presale := len(s.Phases) > 0
	for _, l := range s.Lines {
		o.Lines = append(o.Lines, line(l))
		o.ShipByAt = earliest(o.ShipByAt, l.ExpShipTime.N*second)
		presale = presale || l.PreSaleType.N > 0
		if l.NeedSerial == "true" || l.NeedSerial == "1" {
			o.Flags = append(o.Flags, channel.FlagSerial+l.OrderID.String())
		}
	}
	if s.OrderStatus == paidOnly && o.Status != channel.Closed {
		o.Holds = append(o.Holds, pending(s.Lines))
	}
	if presale {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
	if s.PayType.Set && s.PayType.N == 0 && o.PaidAt == 0 && o.Status != channel.PendingPayment && o.Status != channel.Closed {
		o.Flags = append(o.Flags, channel.FlagCOD)
	}
	for _, p := range s.Parcels {
		if p.TrackingNo != "" {
			o.Waybill = &channel.Waybill{Carrier: channel.FirstOf(p.CompanyName.String(), p.Company.String()), No: p.TrackingNo.String()}
			break
		}
	}
	o.Money = apiAmounts(&s, &o)
	o.RefundState = channel.FoldRefunds(o.Lines)
	return wire.Checked(o)
}

// pending: what keeps a paid order from being shipped. A group buy waits for its
// group; of others the platform does not say what they wait for.
func pending(lines []apiSKULine) string {
	if slices.ContainsFunc(lines, func(l apiSKULine) bool { return l.TradeType.N == 1 }) {
		return channel.HoldGroupPending
	}
	return channel.HoldPaused
}

// receiver: cipher text where there is some, else what is masked.
func receiver(s *apiOrder) channel.Receiver {
	at := func(pick func(apiAddress) wire.Text) string {
		return channel.FirstOf(pick(s.Address).String(), pick(s.MaskAddress).String())
	}
	r := channel.Receiver{Name: s.EncryptReceiver.String(), Phone: s.EncryptTel.String(), Detail: s.Address.EncryptDetail.String(),
		Province: at(func(a apiAddress) wire.Text { return a.Province.Name }), City: at(func(a apiAddress) wire.Text { return a.City.Name }),
		District: at(func(a apiAddress) wire.Text { return a.Town.Name }), Town: at(func(a apiAddress) wire.Text { return a.Street.Name }),
		GroupKey: s.OpenAddressID.String()}
	if r.Name+r.Phone+r.Detail != "" {
		r.Encrypted = true
		r.NameIndex, _ = indexOf("name", r.Name)
		r.PhoneIndex, _ = indexOf("phone", r.Phone)
		return r
	}
	r.Name = channel.FirstOf(s.MaskReceiver.String(), s.Receiver.String())
	r.Phone = channel.FirstOf(s.MaskTel.String(), s.Tel.String())
	r.Detail = channel.FirstOf(s.MaskAddress.Detail.String(), s.Address.Detail.String())
	r.Encrypted = strings.HasPrefix(r.Name, "##") || strings.HasPrefix(r.Name, "$")
	return r
}

func line(l apiSKULine) channel.Line {
	var spec []string
	for _, one := range l.Spec {
		spec = append(spec, one.Value.String())
	}
	out := channel.Line{ChannelLineNo: l.OrderID.String(), Title: l.Name.String(), SKUText: strings.Join(spec, ";"),
		MerchantSKUCode: channel.FirstOf(l.Code.String(), nonZero(l.OutSKUID)), ChannelItemNo: channel.FirstOf(l.ProductIDStr.String(), nonZero(l.ProductID)),
		ChannelSKUNo: nonZero(l.SKUID), Quantity: l.Number.Ptr(), PriceFen: l.Price.Ptr(), PaidFen: cash(l.PayAmount, l.PromotionPay), IsGift: l.GivenType == "FREE",
		Status: status(l.OrderStatus, l.MainStatus), RefundState: channel.RefundNone, ImageURL: l.Picture.String()}
	if a := l.Aftersale; a != nil {
		out.RefundState = refundState(a.Status, a.Type, a.Refund)
	}
	return out
}

func nonZero(t wire.Text) string {
	if t == "0" {
		return ""
	}
	return t.String()
}

// refundState: case kinds 3 is an exchange. A case that ended without a refund was
// withdrawn or failed.
func refundState(state, kind, refund wire.Text) channel.RefundState {
	switch state {
	case "", "0", "28":
		return channel.RefundNone
	case "12", "53":
		if kind == "3" {
			return channel.RefundExchanged
		}
		return channel.RefundDone
	case "14":
		return channel.RefundExchanged
	case "51":
		return channel.RefundDone
	case "27", "29":
		return channel.RefundRejected
	case "6", "7", "8", "11", "13":
		if refund == "3" {
			return channel.RefundDone
		}
		return channel.RefundInProgress
	}
	return channel.RefundUnknown
}

// cash is what the buyer paid: the platform counts the payment service's discount as
// paid.
func cash(paid, promotion wire.Fen) *money.Fen {
	p := paid.Ptr()
	if p != nil && promotion.Set {
		*p = max(*p-money.Fen(promotion.N), 0)
	}
	return p
}

// apiAmounts by bearer; the platform's part has the talent's in it, as in the export.
// A price changed by hand is the merchant's.
func apiAmounts(s *apiOrder, o *channel.Order) channel.Money {
	m := channel.Money{Goods: channel.GoodsTotal(o.Lines), Freight: s.PostAmount.Ptr(), MerchantDiscount: s.ShopCost.Ptr(), PlatformDiscount: s.PlatformCost.Ptr(),
		PaymentDiscount: s.PromotionPay.Ptr(), BuyerPaid: cash(s.PayAmount, s.PromotionPay)}
	if m.MerchantDiscount != nil && s.ModifyAmount.Set {
		*m.MerchantDiscount = max(*m.MerchantDiscount-money.Fen(s.ModifyAmount.N), 0)
	}
	switch {
	case o.Status == channel.PartlyPaid:
		var paid money.Fen
		for _, p := range s.Phases {
			if p.PaySuccess {
				paid += money.Fen(p.PayAmount.N)
			}
		}
		m.BuyerPaid = &paid
	case o.PaidAt == 0 && o.Status != "":
		m.BuyerPaid = channel.Zero()
	}
	return m
}

var apiCaseKinds = map[wire.Text]string{"0": "return", "1": "refund", "2": "refund", "3": "exchange", "6": "price_protection", "7": "reship", "8": "repair"}

var apiCaseStates = map[wire.Text]channel.AftersaleState{"6": channel.AftersaleRequested, "7": channel.AftersaleReturning, "11": channel.AftersaleReceiving,
	"12": channel.AftersaleRefunded, "53": channel.AftersaleRefunded, "14": channel.AftersaleExchanged, "27": channel.AftersaleRefused, "29": channel.AftersaleRefused,
	"28": channel.AftersaleClosed, "51": channel.AftersaleRefunded}

// MapAftersale implements channel.AftersaleLister. Cases of the list and of the detail
// have other names for the same.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s listCase
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Case{}, err
	}
	i, order := s.Info, s.Order.ID
	out := channel.Case{LineNo: i.RelatedID.String(), Reason: s.Texts.Reason.String(), Note: i.Remark.String(), ReturnCarrier: i.ReturnBy.String(), ReturnWaybill: i.ReturnNo.String()}
	if i.ID == "" {
		var d detailCase
		if err := wire.Decode(raw, &d); err != nil {
			return channel.Case{}, err
		}
		p := d.Process.Info
		i.ID, i.Type, i.Status, i.ApplyTime, i.UpdateTime, i.Deadline, i.Amount, i.Number = p.ID, p.Type, p.Status, p.ApplyTime, p.UpdateTime, p.Deadline, p.Amount, p.Number
		order = d.Order.ID
		back := d.Process.Logistics.Return
		out = channel.Case{Reason: p.Reason.String(), Note: p.Remark.String(), ReturnCarrier: back.CompanyName.String(), ReturnWaybill: back.TrackingNo.String()}
		for _, picture := range p.Evidence {
			out.Evidence = append(out.Evidence, picture.String())
		}
		if len(d.Order.Lines) > 0 {
			out.LineNo = d.Order.Lines[0].ID.String()
		}
	}
	if i.ID == "" || order == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "aftersale_id", i.ID)
	}
	out.No, out.OrderNo, out.Kind, out.State, out.StateRaw = i.ID.String(), orderNo(order), apiCaseKinds[i.Type], apiCaseStates[i.Status], i.Status.String()
	out.RefundFen, out.Quantity, out.Version = i.Amount.N, i.Number.N, ""
	out.CreatedAt, out.ModifiedAt, out.DecideByAt = i.ApplyTime.N*second, i.UpdateTime.N*second, i.Deadline.N*second
	if i.UpdateTime.N > 0 {
		out.Version = strconv.FormatInt(i.UpdateTime.N, 10)
	}
	if out.Kind == "" {
		out.Kind = "other"
	}
	if out.State == channel.AftersaleRefunded && out.Kind == "exchange" {
		out.State = channel.AftersaleExchanged
	}
	if out.State == "" {
		out.State = channel.AftersaleUnknown
	}
	return out, nil
}
