package sandbox

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// The channel's words are ours; a word of neither list stays raw.
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
	var s sandboxOrder
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	r := s.Receiver
	o := channel.Order{
		ChannelOrderNo: s.No.String(), Status: statuses[s.Status], StatusRaw: s.Status,
		PlacedAt: s.CreatedAt.N, PaidAt: s.PaidAt.N, ModifiedAt: s.ModifiedAt.N, ShipByAt: s.ShipByAt.N, CompletedAt: s.CompletedAt.N,
		BuyerKey: s.Buyer.Key.String(), BuyerNick: s.Buyer.Nick,
		Receiver: channel.Receiver{Name: r.Name, Phone: r.Phone.String(), Province: r.Province, City: r.City, District: r.District, Town: r.Town,
			Detail: r.Detail, Encrypted: r.Encrypted},
		Money: channel.Money{Goods: s.Amounts.Goods.Ptr(), MerchantDiscount: s.Amounts.MerchantDiscount.Ptr(), PlatformDiscount: s.Amounts.PlatformDiscount.Ptr(),
			Freight: s.Amounts.Freight.Ptr(), BuyerPaid: s.Amounts.BuyerPaid.Ptr(), MerchantReceivable: s.Amounts.MerchantReceivable.Ptr()},
		RefundState: refundState(s.RefundStatus), RefundFen: s.Refund.Ptr(), BuyerNote: s.BuyerNote,
	}
	if o.MemoTold = s.SellerNote != nil; o.MemoTold {
		o.SellerNote = *s.SellerNote
	}
	if f := s.Flag.N; f >= 0 && f <= 5 {
		o.Flag, o.FlagTold = int(f), s.Flag.Set
	}
	for _, h := range s.Holds {
		switch h {
		case channel.FlagAddressWish:
			o.Flags = append(o.Flags, h)
		case channel.HoldGroupPending, channel.HoldRiskReview, channel.HoldPaused:
			o.Holds = append(o.Holds, h)
		default: // a hold of another name is a hold
			o.Holds = append(o.Holds, channel.HoldLocked)
		}
	}
	for _, l := range s.Lines {
		o.Lines = append(o.Lines, channel.Line{ChannelLineNo: l.No.String(), Title: l.Title, SKUText: l.SKUText, MerchantSKUCode: l.SKUCode.String(),
			ChannelItemNo: l.ItemNo.String(), ChannelSKUNo: l.SKUNo.String(), Quantity: l.Quantity.Ptr(), PriceFen: l.Price.Ptr(), PaidFen: l.Paid.Ptr(),
			IsGift: l.Gift, Status: statuses[l.Status], RefundState: refundState(l.RefundStatus), RefundFen: l.Refund.Ptr()})
	}
	if len(s.Parcels) > 0 {
		first := s.Parcels[0]
		o.ShippedAt, o.Waybill = first.ShippedAt.N, &channel.Waybill{Carrier: first.Carrier, No: first.Waybill.String()}
	}
	return wire.Checked(o)
}

// MapAftersale implements channel.AftersaleLister.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s sandboxCase
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
