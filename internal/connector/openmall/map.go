package openmall

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// The protocol's words are ours; a word of no list stays raw.
var statuses = map[string]channel.Status{
	"pending_payment": channel.PendingPayment, "partly_paid": channel.PartlyPaid, "awaiting_shipment": channel.AwaitingShipment,
	"partly_shipped": channel.PartlyShipped, "shipped": channel.Shipped, "delivered": channel.Delivered,
	"completed": channel.Completed, "closed": channel.Closed,
}

var refunds = map[string]channel.RefundState{
	"": channel.RefundNone, "none": channel.RefundNone, "in_progress": channel.RefundInProgress, "partly_refunded": channel.RefundPart,
	"refunded": channel.RefundDone, "rejected": channel.RefundRejected,
}

var caseStates = map[string]channel.AftersaleState{
	"requested": channel.AftersaleRequested, "returning": channel.AftersaleReturning, "receiving": channel.AftersaleReceiving,
	"refused": channel.AftersaleRefused, "closed": channel.AftersaleClosed, "refunded": channel.AftersaleRefunded, "exchanged": channel.AftersaleExchanged,
}

func refundState(word string) channel.RefundState {
	if s, ok := refunds[word]; ok {
		return s
	}
	return channel.RefundUnknown
}

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var s mallOrder
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	o := channel.Order{
		ChannelOrderNo: s.No.String(), Status: statuses[s.Status], StatusRaw: s.Status,
		PlacedAt: s.CreatedAt.N, PaidAt: s.PaidAt.N, ShippedAt: s.ShippedAt.N, ModifiedAt: s.ModifiedAt.N, ShipByAt: s.ShipByAt.N, CompletedAt: s.CompletedAt.N,
		BuyerKey: s.Buyer.Key.String(), BuyerNick: s.Buyer.Nick, PaymentMethod: s.Payment.Method, Receiver: receiver(s.Receiver), Money: amounts(&s),
		RefundState: refundState(s.RefundStatus), RefundFen: s.Refund.Ptr(), BuyerNote: s.BuyerNote,
	}
	if o.MemoTold = s.SellerNote != nil; o.MemoTold {
		o.SellerNote = *s.SellerNote
	}
	if f := s.Flag.N; f >= 0 && f <= 5 {
		o.Flag, o.FlagTold = int(f), s.Flag.Set
	}
	holds(&s, &o)
	for _, l := range s.Lines {
		o.Lines = append(o.Lines, channel.Line{ChannelLineNo: l.No.String(), Title: l.Title, SKUText: l.SKUText, MerchantSKUCode: l.SKUCode.String(),
			ChannelItemNo: l.ItemNo.String(), ChannelSKUNo: l.SKUNo.String(), Quantity: l.Quantity.Ptr(), PriceFen: l.Price.Ptr(), PaidFen: l.Paid.Ptr(),
			IsGift: l.Gift, Status: statuses[l.Status], RefundState: refundState(l.RefundStatus), RefundFen: l.Refund.Ptr(), ImageURL: l.ImageURL})
	}
	for _, p := range s.Parcels {
		if p.Waybill != "" {
			o.Waybills = append(o.Waybills, channel.Waybill{Carrier: p.Carrier, No: p.Waybill.String()})
		}
		if o.ShippedAt == 0 {
			o.ShippedAt = p.ShippedAt.N
		}
	}
	if len(o.Waybills) > 0 {
		o.Waybill = &o.Waybills[0]
	}
	if len(o.Waybills) < 2 {
		o.Waybills = nil
	}
	return wire.Checked(o)
}

// holds keeps the hold of every name: one that nobody knows holds too. A wish for
// another address is a flag.
func holds(s *mallOrder, o *channel.Order) {
	wish := len(s.AddressChange) > 0 && string(s.AddressChange) != "null"
	for _, h := range s.Holds {
		switch h {
		case channel.FlagAddressWish:
			wish = true
		case channel.HoldGroupPending, channel.HoldRiskReview, channel.HoldPaused:
			o.Holds = append(o.Holds, h)
		default:
			o.Holds = append(o.Holds, channel.HoldLocked)
		}
	}
	if wish {
		o.Flags = append(o.Flags, channel.FlagAddressWish)
	}
	if s.Kind == "presale" {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
}

// receiver is plain, or the cipher text where there is some, or what is masked.
func receiver(s mallReceiver) channel.Receiver {
	r := channel.Receiver{Name: s.Name, Phone: s.Phone.String(), Province: s.Province, City: s.City, District: s.District, Town: s.Town,
		Detail: s.Detail, Zip: s.Zip.String()}
	if s.Extension != "" && r.Phone != "" {
		r.Phone += "-" + s.Extension.String()
	}
	x := s.Cipher
	if s.Encrypted && x.Name+x.Phone+x.Detail != "" {
		r.Name, r.Phone, r.Detail, r.Encrypted = x.Name.String(), x.Phone.String(), x.Detail.String(), true
	}
	return r
}

// amounts: buyer_paid is what is paid once everything is paid.
func amounts(s *mallOrder) channel.Money {
	a := s.Amounts
	m := channel.Money{Goods: a.Goods.Ptr(), MerchantDiscount: a.MerchantDiscount.Ptr(), PlatformDiscount: a.PlatformDiscount.Ptr(), Freight: a.Freight.Ptr(),
		BuyerPaid: a.BuyerPaid.Ptr(), MerchantReceivable: a.MerchantReceivable.Ptr()}
	if s.PaidAt.N != 0 || m.BuyerPaid == nil {
		return m
	}
	m.BuyerPaid = channel.Zero()
	for _, stage := range s.Stages {
		if stage.PaidAt.N != 0 {
			m.BuyerPaid = channel.Plus(m.BuyerPaid, stage.Amount.Ptr())
		}
	}
	return m
}

// MapAftersale implements channel.AftersaleLister.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s mallCase
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Case{}, err
	}
	if s.No == "" || s.OrderNo == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "no", s.No)
	}
	out := channel.Case{No: s.No.String(), OrderNo: s.OrderNo.String(), LineNo: s.LineNo.String(), Kind: s.Kind, State: caseStates[s.State], StateRaw: s.State,
		Version: s.Version.String(), RefundFen: s.Refund.N, Quantity: s.Quantity.N, Reason: s.Reason, Note: s.Note,
		ReturnCarrier: s.ReturnCarrier, ReturnWaybill: s.ReturnWaybill.String(), CreatedAt: s.CreatedAt.N, ModifiedAt: s.ModifiedAt.N, DecideByAt: s.DecideByAt.N}
	if out.State == "" {
		out.State = channel.AftersaleUnknown
	}
	if s.Kind != "refund" && s.Kind != "return" && s.Kind != "exchange" {
		out.Kind = "other"
	}
	return out, nil
}
