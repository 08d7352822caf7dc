package taobao

import (
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// statuses are those of trades and of their orders.
var statuses = map[wire.Text]channel.Status{
	"TRADE_NO_CREATE_PAY": channel.PendingPayment, "WAIT_BUYER_PAY": channel.PendingPayment, "PAY_PENDING": channel.PendingPayment,
	"WAIT_SELLER_SEND_GOODS": channel.AwaitingShipment, "PAID": channel.AwaitingShipment, "PAID_FORBID_CONSIGN": channel.AwaitingShipment,
	"SELLER_CONSIGNED_PART": channel.PartlyShipped, "WAIT_BUYER_CONFIRM_GOODS": channel.Shipped, "TRADE_BUYER_SIGNED": channel.Delivered,
	"TRADE_FINISHED": channel.Completed, "TRADE_CLOSED": channel.Closed, "TRADE_CLOSED_BY_TAOBAO": channel.Closed,
}

var refundStatuses = map[wire.Text]channel.RefundState{
	"": channel.RefundNone, "NO_REFUND": channel.RefundNone, "CLOSED": channel.RefundNone,
	"WAIT_SELLER_AGREE": channel.RefundInProgress, "WAIT_BUYER_RETURN_GOODS": channel.RefundInProgress, "WAIT_SELLER_CONFIRM_GOODS": channel.RefundInProgress,
	"SELLER_REFUSE_BUYER": channel.RefundRejected, "SUCCESS": channel.RefundDone,
}

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var t trade
	if err := wire.Decode(raw, &t); err != nil {
		return channel.Order{}, err
	}
	o := channel.Order{
		ChannelOrderNo: number(t.TidStr, t.Tid), Status: statuses[t.Status], StatusRaw: t.Status.String(),
		PlacedAt: int64(t.Created), PaidAt: int64(t.PayTime), ShippedAt: int64(t.ConsignTime), ModifiedAt: int64(t.Modified),
		BuyerNick: t.BuyerNick.String(), BuyerKey: t.BuyerOpenUID.String(), BuyerNote: t.BuyerMessage.String(), SellerNote: t.SellerMemo.String(), MemoTold: true,
		Receiver: channel.Receiver{Name: t.Name.String(), Phone: channel.FirstOf(t.Mobile.String(), t.Phone.String()), Province: t.State.String(),
			City: t.City.String(), District: t.District.String(), Town: t.Town.String(), Detail: t.Address.String()},
	}
	if t.Zip != "000000" {
		o.Receiver.Zip = t.Zip.String()
	}
	o.Receiver.Encrypted = ciphered(o.Receiver.Name) || ciphered(o.Receiver.Phone) || ciphered(o.Receiver.Detail)
	if f := t.SellerFlag.N; f >= 0 && f <= 5 {
		o.Flag, o.FlagTold = int(f), true
	}
	if o.Status == channel.PendingPayment && t.StepStatus == "FRONT_PAID_FINAL_NOPAID" {
		o.Status, o.StatusRaw = channel.PartlyPaid, o.StatusRaw+"/"+t.StepStatus.String()
	}
	if o.Status == channel.Completed {
		o.CompletedAt = int64(t.EndTime)
	}
	marks(&t, &o)
	o.ShipByAt = earliest(moment(t.DeliveryTime), moment(t.SendTime))
	var lines []tradeOrder
	for _, raw := range t.Orders.Items {
		var l tradeOrder
		if err := wire.Decode(raw, &l); err != nil {
			return channel.Order{}, err
		}
		lines = append(lines, l)
		o.Lines = append(o.Lines, tradeLine(l))
		o.ShipByAt = earliest(o.ShipByAt, moment(l.DeliveryTime))
		if o.Waybill == nil && l.InvoiceNo != "" {
			o.Waybill = &channel.Waybill{Carrier: l.Company.String(), No: l.InvoiceNo.String()}
		}
	}
	tradeMoney(&t, lines, &o)
	o.RefundState = channel.FoldRefunds(o.Lines)
	return wire.Checked(o)
}

// number prefers the text, as the other may be 0 in it.
func number(text, n wire.Text) string {
	if s := text.String(); s != "" && s != "0" {
		return s
	}
	return n.String()
}

func ciphered(s string) bool { return strings.HasPrefix(s, "~") || strings.HasPrefix(s, "$") }

// marks are what holds an order and what kind it is.
func marks(t *trade, o *channel.Order) {
	if t.TeamBuyHold.N == 1 || t.ShareGroupHold.N == 1 {
		o.Holds = append(o.Holds, channel.HoldGroupPending)
	}
	if t.TopHold.N == 1 || t.OfpHold.N == 1 || t.ForbidConsign.N == 1 || t.Status == "PAID_FORBID_CONSIGN" && len(o.Holds) == 0 {
		o.Holds = append(o.Holds, channel.HoldLocked)
	}
	if t.StepStatus != "" || t.NewPresell == "true" || t.GeneralPresell == "true" {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
	if t.Type == "cod" {
		o.Flags = append(o.Flags, channel.FlagCOD)
	}
	if t.Gifting == "1" {
		o.Flags = append(o.Flags, channel.FlagGiftOrder)
	}
	if slices.Contains(strings.FieldsFunc(t.Urged.String(), func(r rune) bool { return r == ',' || r == ';' }), "lg") {
		o.Flags = append(o.Flags, channel.FlagUrged)
	}
	if moment(t.FirstBy) != 0 {
		o.Flags = append(o.Flags, channel.FlagShipFirst)
	}
	if t.ToDoor != "" && t.ToDoor != "0" {
		o.Flags = append(o.Flags, channel.FlagToDoor)
	}
}

// moment reads a promise: a time or, at its end, a day; 0 for words such as "付款后 3 天".
func moment(s wire.Text) int64 {
	if at, err := wire.ChinaTime(s.String()); err == nil {
		return at
	}
	if at, err := wire.ChinaTime(s.String() + " 23:59:59"); err == nil {
		return at
	}
	return 0
}

func earliest(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func tradeLine(l tradeOrder) channel.Line {
	out := channel.Line{ChannelLineNo: number(l.OidStr, l.Oid), Title: l.Title.String(), SKUText: l.Spec.String(),
		MerchantSKUCode: channel.FirstOf(l.OuterSKUID.String(), l.OuterIid.String()), ChannelItemNo: l.NumIid.String(), ChannelSKUNo: l.SKUID.String(),
		Quantity: l.Num.Ptr(), PriceFen: l.Price.Ptr(), PaidFen: l.DivideFee.Ptr(), IsGift: l.IsFreeGift == "true", Status: statuses[l.Status], ImageURL: l.Picture.String()}
	if out.ChannelSKUNo == "0" {
		out.ChannelSKUNo = ""
	}
	state, ok := refundStatuses[l.RefundStatus]
	switch {
	case !ok:
		state = channel.RefundUnknown
	case state == channel.RefundDone && (out.Status == channel.AwaitingShipment || out.Status == channel.PartlyShipped || out.Status == channel.Shipped):
		// Refunded in full a line closes; one that goes on was refunded in part.
		state = channel.RefundPart
	}
	out.RefundState = state
	return out
}

// tradeMoney: the merchant bears what lines and the trade were reduced by, by
// promotion or by hand.
func tradeMoney(t *trade, lines []tradeOrder, o *channel.Order) {
	var reduced *money.Fen
	for i, l := range lines {
		own := channel.Plus(l.DiscountFee.Ptr(), l.PartDiscount.Ptr())
		if l.AdjustFee.Set {
			less := -l.AdjustFee.Fen
			own = channel.Plus(own, &less)
		}
		reduced = channel.Plus(reduced, own)
		if o.Lines[i].PaidFen == nil && l.Payment.Set {
			paid := l.Payment.Fen - l.PartDiscount.Fen
			if len(lines) == 1 { // then it is the trade's payment, freight included
				paid = l.Payment.Fen - t.PostFee.Fen
			}
			paid = max(paid, 0)
			o.Lines[i].PaidFen = &paid
		}
	}
	if reduced != nil && *reduced < 0 {
		reduced = channel.Zero() // a price raised by hand is no discount
	}
	o.Money = channel.Money{Goods: channel.GoodsTotal(o.Lines), MerchantDiscount: reduced, PlatformDiscount: t.PlatformSubsidy.Ptr(),
		Freight: t.PostFee.Ptr(), BuyerPaid: t.Payment.Ptr()}
	if o.Money.Goods == nil {
		o.Money.Goods = t.TotalFee.Ptr()
	}
	switch {
	case o.Status == channel.PartlyPaid:
		o.Money.BuyerPaid = t.StepPaid.Ptr()
	case o.PaidAt == 0 && o.Status != "":
		o.Money.BuyerPaid = channel.Zero()
	case o.Status == channel.Completed:
		o.Money.MerchantReceivable = t.Received.Ptr()
	}
}
