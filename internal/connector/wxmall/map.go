package wxmall

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// toShip and refunded are states of payments.
const (
	toShip   = "1"
	refunded = "5"
)

// statuses: a payment whose money is about to be paid out (6) has been received.
var statuses = map[wire.Text]channel.Status{toShip: channel.AwaitingShipment, "2": channel.Shipped, "3": channel.Delivered, "4": channel.Completed, refunded: channel.Closed, "6": channel.Delivered}

// Map implements channel.Client. What was bought is told in words only: it is one
// line, bought once, to which a listing or a person gives the goods. Who receives it
// is not told.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var s payment
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	one := int64(1)
	o := channel.Order{
		ChannelOrderNo: channel.FirstOf(s.TradeNo.String(), s.Transaction.String()), Status: statuses[s.State], StatusRaw: s.State.String(),
		PlacedAt: s.CreatedAt.N * second, PaidAt: s.PaidAt.N * second, BuyerKey: s.OpenID.String(), PaymentMethod: "微信支付", RefundState: channel.RefundNone,
		Money: channel.Money{BuyerPaid: s.Paid.Ptr()},
	}
	switch {
	case s.State == refunded:
		o.RefundState = channel.RefundDone
	case s.Complaint.N == 1:
		o.RefundState = channel.RefundInProgress
	}
	var last int64
	for _, p := range s.Shipping.Parcels {
		last = max(last, p.At.N*second)
		if p.Waybill == "" {
			continue // it went without a carrier
		}
		o.Waybills = append(o.Waybills, channel.Waybill{Carrier: p.Company.String(), No: p.Waybill.String()})
	}
	if len(o.Waybills) > 0 {
		first := o.Waybills[0]
		o.Waybill = &first
	}
	if len(o.Waybills) == 1 {
		o.Waybills = nil
	}
	switch {
	case s.Shipping.Finished.N == 1:
		o.ShippedAt = last
	case o.Status == channel.AwaitingShipment && o.Waybill != nil:
		o.Status = channel.PartlyShipped
	}
	o.Lines = []channel.Line{{Title: s.Description.String(), Quantity: &one, PaidFen: s.Paid.Ptr(), Status: o.Status, RefundState: o.RefundState}}
	return wire.Checked(o)
}
